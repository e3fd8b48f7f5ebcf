package processors

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tidemark/schemas"
)

func drawPosition(t *rapid.T) Position {
	p := Position{C: rapid.Int64Range(0, math.MaxInt64/4).Draw(t, "c")}
	p.L = p.C + rapid.Int64Range(0, 1<<40).Draw(t, "l")
	p.P = p.L + rapid.Int64Range(0, 1<<40).Draw(t, "p")
	p.MAtL = schemas.Millis(rapid.Int64().Draw(t, "m at l"))
	p.MAtP = schemas.Millis(rapid.Int64().Draw(t, "m at p"))
	for range rapid.IntRange(0, 150).Draw(t, "metrics") {
		p.Metrics = append(p.Metrics, Start{Hash: rapid.Uint32().Draw(t, "hash"), From: schemas.Millis(rapid.Int64().Draw(t, "from"))})
	}
	for range rapid.IntRange(0, maxChains).Draw(t, "chains") {
		p.Chains = append(p.Chains, Chain{
			Sessions: rapid.Uint32().Draw(t, "sessions"), Key: rapid.Uint64().Draw(t, "key"),
			At: schemas.Millis(rapid.Int64().Draw(t, "at")), Off: rapid.Int64Range(0, math.MaxInt64/4).Draw(t, "off"),
		})
	}
	return p
}

func equalPositions(a, b Position) bool {
	return a.C == b.C && a.L == b.L && a.P == b.P && a.MAtL == b.MAtL && a.MAtP == b.MAtP && slices.Equal(a.Metrics, b.Metrics) && slices.Equal(a.Chains, b.Chains)
}

func TestPositionRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPosition(t)
		text, err := EncodePosition(p)
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodePosition(p.C, text)
		if err != nil || !equalPositions(got, p) {
			t.Fatalf("%+v came back as %+v, %v", p, got, err)
		}
	})
}

// Any metric may have a start of its own, and 150 of them must fit into Kafka's limit for the text.
func TestPositionOf150MetricsFits(t *testing.T) {
	p := Position{C: 1 << 40, L: 1<<40 + 1<<30, P: 1<<40 + 1<<31, MAtL: 1_800_000_000_000, MAtP: 1_800_000_100_000}
	for i := range 150 {
		p.Metrics = append(p.Metrics, Start{Hash: math.MaxUint32 - uint32(i), From: 1_800_000_000_000})
	}
	text, err := EncodePosition(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("150 metrics take %d of %d bytes", len(text), maxMetadata)
	for len(p.Metrics) < 2000 {
		p.Metrics = append(p.Metrics, Start{})
	}
	if _, err := EncodePosition(p); err == nil {
		t.Error("a text above Kafka's limit was not refused")
	}
}

func TestPositionRefusesForeignText(t *testing.T) {
	good, err := EncodePosition(Position{C: 10, L: 12, P: 20, MAtL: 1000, MAtP: 2000, Metrics: []Start{{Hash: 7, From: 3}}})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"empty": "", "member id": "tidemark-fast-1f", "prefix only": positionPrefix, "other version": "tm2." + good[4:],
		"cut": good[:len(good)-2], "longer": good + "AA", "padding": good + "=", "changed": strings.Replace(good, good[6:7], "_", 1),
	} {
		if _, err := DecodePosition(10, text); !errors.Is(err, ErrForeignMetadata) {
			t.Errorf("%s: %q gave %v", name, text, err)
		}
	}
	if _, err := DecodePosition(11, good); !errors.Is(err, ErrForeignMetadata) {
		t.Errorf("an offset moved by hand gave %v", err)
	}
}

// Offsets that contradict each other are refused although the checksum is right.
func TestPositionRefusesDisorder(t *testing.T) {
	for _, p := range []Position{{C: -1, L: 0, P: 0}, {C: 5, L: 4, P: 6}, {C: 5, L: 6, P: 5}} {
		text, err := EncodePosition(p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := DecodePosition(p.C, text); !errors.Is(err, ErrForeignMetadata) {
			t.Errorf("%+v gave %v", p, err)
		}
	}
}

func FuzzDecodePosition(f *testing.F) {
	for _, p := range []Position{{}, {C: 1, L: 2, P: 3, MAtL: -4, MAtP: 5, Metrics: []Start{{1, 2}, {3, 4}}}} {
		text, err := EncodePosition(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(p.C, text)
	}
	f.Add(int64(7), "consumer-1")
	f.Fuzz(func(t *testing.T, c int64, text string) {
		p, err := DecodePosition(c, text)
		if err != nil {
			if !errors.Is(err, ErrForeignMetadata) {
				t.Fatalf("error of an unexpected kind: %v", err)
			}
			return
		}
		again, err := EncodePosition(p)
		if err != nil {
			return // longer than Kafka stores
		}
		if got, err := DecodePosition(c, again); err != nil || !equalPositions(got, p) {
			t.Fatalf("%+v became %+v, %v", p, got, err)
		}
	})
}

// FuzzReadPosition gets past the checksum, which random text never does.
func FuzzReadPosition(f *testing.F) {
	f.Add(int64(3), []byte{2, 4, 6, 8, 1, 0, 0, 0, 9, 2})
	f.Add(int64(0), []byte{0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, c int64, body []byte) {
		if p, err := readPosition(c, body); err == nil && (p.C < 0 || p.L < p.C || p.P < p.L) {
			t.Fatalf("accepted %+v", p)
		}
	})
}
