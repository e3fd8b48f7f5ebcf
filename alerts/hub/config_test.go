package hub

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tidemark/alerts"
	"tidemark/alerts/incident"
	"tidemark/alerts/store"
)

func TestConfigsThatCannotWork(t *testing.T) {
	deliver := func(context.Context, []incident.Message) error { return nil }
	odd := fall()
	odd.Window = 7 * time.Minute
	for says, change := range map[string]func(*Config){
		"store":           func(c *Config) { c.Store = nil },
		"nagios":          func(c *Config) { c.Raise = "nagios" },
		"token":           func(c *Config) { c.Raise = RaiseGrafana },
		`receiver "Chat"`: func(c *Config) { c.Receivers = []Receiver{{"Chat", deliver}} },
		`receiver "chat"`: func(c *Config) { c.Receivers = []Receiver{{"chat", deliver}, {"chat", deliver}} },
		`receiver "page"`: func(c *Config) { c.Receivers = []Receiver{{"page", nil}} },
		"Alertmanager":    func(c *Config) { c.Alertmanager = &Alertmanager{} },
		"divides an hour": func(c *Config) { c.Rules = []alerts.Rule{odd} },
	} {
		c := Config{Store: store.New(nil, nil), Rules: []alerts.Rule{fall()}}
		change(&c)
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v is without %q", err, says)
		}
	}
}

func TestTwoHubsCannotShareARegistry(t *testing.T) {
	c := Config{Store: store.New(nil, nil), Rules: []alerts.Rule{fall()}, Registry: prometheus.NewRegistry()}
	if _, err := New(c); err != nil {
		t.Fatal(err)
	}
	if _, err := New(c); err == nil {
		t.Error("the metrics of one were mixed with those of the other")
	}
}

func TestRetriesGrowAndEnd(t *testing.T) {
	h := &Hub{conf: Config{FirstRetry: time.Microsecond}}
	r := h.retries()
	for range 5 {
		if !r.sleep(t.Context(), nil) {
			t.Fatal("a pause was cut off")
		}
	}
	if r.next != 32*time.Microsecond {
		t.Errorf("after five pauses the next is %v", r.next)
	}
	if r.reset(); r.next != time.Microsecond {
		t.Errorf("after a reset the next is %v", r.next)
	}
	r.next = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r.sleep(ctx, nil) || r.next != longestRetry {
		t.Errorf("slept on after the end, or the next pause is %v", r.next)
	}
	wake := make(chan struct{}, 1)
	poke(wake)
	poke(wake) // one note is enough
	r.next = time.Hour
	if !r.sleep(t.Context(), wake) {
		t.Error("a note did not end the pause")
	}
}
