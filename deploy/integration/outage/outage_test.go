//go:build integration

package outage

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tidemark/alerts/incident"
	"tidemark/deploy/integration/browser"
)

// TestPaymentOutage walks the whole loop: all payments fail, paid orders turn orange within two windows, somebody takes
// the incident on, payments work again, it resolves. The tables stay exact throughout.
func TestPaymentOutage(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 14*time.Minute)
	defer cancel()
	s := &scene{t: t, ctx: ctx}
	s.open()
	s.wantStatus("POST", "/api/demo/incidents/payment-outage", `{"run":true}`, http.StatusOK)
	began := time.Now()
	id := s.await("orange", func(v *incident.View) bool { return v.Tier == "orange" })
	t.Logf("orange after %v", time.Since(began).Round(time.Second))
	s.wantInTime(id, began)
	s.wantDrawn(id)

	s.wantStatus("POST", "/api/incidents/"+id+"/acknowledge", `{"note":"nobody said who"}`, http.StatusBadRequest)
	s.wantStatus("POST", "/api/incidents/"+id+"/acknowledge", `{"actor":"Wang Fang"}`, http.StatusOK)
	s.await("acknowledged", func(v *incident.View) bool { return v.State == "acknowledged" && v.AcknowledgedBy == "Wang Fang" })

	s.wantStatus("POST", "/api/demo/incidents/payment-outage", `{"run":false}`, http.StatusOK)
	ended := time.Now()
	s.await("resolved", func(v *incident.View) bool { return v.State == "resolved" && v.ResolvedAt != nil })
	t.Logf("resolved %v after the end", time.Since(ended).Round(time.Second))
	s.wantTruth()
	s.close()
}

// shop is the one that the test looks at; the other one is hit too.
const shop = "chaye"

// scene is a demo with a past.
type scene struct {
	t    *testing.T
	ctx  context.Context
	demo *browser.Demo
}

// open starts the demo without visitors, gives the shops a past, and lets the visitors in.
func (s *scene) open() {
	s.t.Helper()
	dir := s.t.TempDir()
	var err error
	if s.demo, err = browser.NewDemo(s.ctx, dir); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(s.demo.End)
	now := time.Now().Truncate(time.Minute)
	before := past{from: now.Add(-40 * time.Minute), to: now.Add(2 * time.Minute), shops: map[string]int{shop: 34, "kiefer": 17}}
	for _, step := range []func() error{
		func() error { return s.demo.Start(s.ctx, "--no-simulator") },
		func() error { return s.demo.Exec(s.ctx, before.insert()) },
		s.demo.Stop,
		func() error { return before.tellTruth(filepath.Join(dir, "data", "simulator", "truth.jsonl")) },
		func() error { return s.demo.Start(s.ctx) },
	} {
		if err := step(); err != nil {
			s.t.Fatal(err)
		}
	}
}

// wantStatus sends what the page's buttons send.
func (s *scene) wantStatus(method, path, body string, want int) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.ctx, method, s.demo.URL+path, bytes.NewBufferString(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Tidemark", "1")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	var said json.RawMessage
	if err := json.NewDecoder(answer.Body).Decode(&said); err != nil || answer.StatusCode != want {
		s.t.Fatalf("%s %s: %s, %v: %s", method, path, answer.Status, err, said)
	}
}

// await returns the id of the shop's incident of paid orders once it is as it should be.
func (s *scene) await(what string, is func(*incident.View) bool) string {
	s.t.Helper()
	var all []incident.View
	for {
		if err := s.demo.Get(s.ctx, "/api/incidents?state=all", &all); err != nil {
			s.t.Fatalf("waiting for %s: %v; last seen: %+v", what, err, all)
		}
		for i := range all {
			if v := &all[i]; v.Rule == "paid_orders_fall" && v.Series == shop && is(v) {
				return v.ID
			}
		}
		select {
		case <-s.ctx.Done():
			s.t.Fatalf("never %s; last seen: %+v", what, all)
		case <-time.After(time.Second):
		}
	}
}

// wantInTime wants the second whole minute of the outage to have been enough.
func (s *scene) wantInTime(id string, began time.Time) {
	s.t.Helper()
	var v incident.View
	if err := s.demo.Get(s.ctx, "/api/incidents/"+id, &v); err != nil {
		s.t.Fatal(err)
	}
	raised := slices.IndexFunc(v.Events, func(e incident.Event) bool { return e.Kind == incident.Opened || e.Kind == incident.Escalated })
	if raised < 0 {
		s.t.Fatalf("no event raised %+v", v)
	}
	last := v.Events[raised].Start.Time()
	for _, e := range v.Events {
		if e.Kind == incident.Escalated {
			last = e.Start.Time()
		}
	}
	first := began.Truncate(time.Minute).Add(time.Minute)
	if last.After(first.Add(time.Minute)) {
		s.t.Errorf("orange by the window of %s; the outage began at %s", last.Format(time.TimeOnly), began.UTC().Format(time.TimeOnly))
	}
}

// wantDrawn wants the incident to be marked on the board.
func (s *scene) wantDrawn(id string) {
	s.t.Helper()
	var marks []struct{ Title, Text, Color string }
	if err := s.demo.Get(s.ctx, "/api/boards/tidemark-live-en/annotations?from=now-15m&to=now&width=1000&var-shop="+shop, &marks); err != nil {
		s.t.Fatal(err)
	}
	for _, m := range marks {
		if m.Color == "orange" {
			return
		}
	}
	s.t.Errorf("%s is not marked on the board: %+v", id, marks)
}

// wantTruth wants the newest check against the simulator to find every figure exact.
func (s *scene) wantTruth() {
	s.t.Helper()
	var demo struct {
		Status struct {
			Truth string `json:"truth"`
			OK    bool   `json:"truth_ok"`
		} `json:"status"`
	}
	if err := s.demo.Get(s.ctx, "/api/demo", &demo); err != nil || !demo.Status.OK {
		s.t.Errorf("%v: the figures are not exact: %s", err, demo.Status.Truth)
	}
}

// close stops the demo; its terminal has said everything.
func (s *scene) close() {
	s.t.Helper()
	if err := s.demo.Stop(); err != nil {
		s.t.Error(err)
	}
	said, err := os.ReadFile(s.demo.Log())
	if err != nil {
		s.t.Fatal(err)
	}
	rest := string(said)
	for _, want := range []string{"payment outage staged", "Orange: Paid orders fall, " + shop, "Acknowledged by Wang Fang: Paid orders fall, " + shop, "payment outage ended", "Resolved: Paid orders fall, " + shop} {
		at := strings.Index(rest, want)
		if at < 0 {
			s.t.Errorf("the terminal does not say %q in its turn", want)
			fmt.Fprintf(os.Stderr, "%s\n", said)
			return
		}
		rest = rest[at:]
	}
}
