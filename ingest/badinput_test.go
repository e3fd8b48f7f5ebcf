package ingest

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/rs/zerolog"
)

// badCases are all cases, by row.
func badCases() []badCase {
	var out []badCase
	for _, cases := range [][]badCase{textCases(), eventCases(), requestCases()} {
		out = append(out, cases...)
	}
	return out
}

// allCases are those of requests and those of connections.
func allCases() []badCase {
	out := badCases()
	for _, c := range wireCases() {
		out = append(out, c.badCase())
	}
	return out
}

// TestBadInputs plays every case in every dialect that can say it, and holds docs/bad-inputs.md to what came of it.
func TestBadInputs(t *testing.T) {
	var got outcomes
	for _, v := range voices() {
		t.Run(v.name, func(t *testing.T) { playAll(t, v, &got) })
	}
	t.Run("connections", func(t *testing.T) { playWire(t, &got) })
	if !t.Failed() {
		checkDocument(t, &got)
	}
}

// playAll plays the cases of one dialect against one collector.
func playAll(t *testing.T, v *voice, got *outcomes) {
	var log bytes.Buffer
	f := newFixture(t, func(c *Config) { c.KeyRate, c.AddressRate, c.Log = -1, -1, zerolog.New(&log) })
	for _, c := range badCases() {
		want, why, ok := c.expected(v)
		if !ok {
			got.leftOut(&c, v, why)
			continue
		}
		t.Run(fmt.Sprintf("%02d %s", c.row, c.name), func(t *testing.T) {
			answer := c.answer(t, f, v)
			if answer != want {
				t.Errorf("%s, want %s", answer, want)
			} else if c.check != nil {
				c.check(t, f, v)
			}
			got.add(&c, v, answer, why)
		})
	}
	if n := counted(t, f.collector.metrics.panics); n != 0 {
		t.Errorf("%v panics", n)
	}
	if bytes.Contains(log.Bytes(), []byte("canary")) {
		t.Errorf("log: %s", &log)
	}
}

func TestCasesAreNamedOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range allCases() {
		key := fmt.Sprintf("%02d %s", c.row, c.name)
		if seen[key] || c.row < 1 || c.row > len(badRows()) || c.name == "" {
			t.Errorf("%s: twice, or of no row", key)
		}
		seen[key] = true
	}
}

func differ[T comparable](got, want T) error {
	if got == want {
		return nil
	}
	return fmt.Errorf("got %v (%s), want %v", got, hex.EncodeToString([]byte(fmt.Sprint(got))), want)
}
