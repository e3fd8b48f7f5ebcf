package hub

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"tidemark/alerts"
	"tidemark/alerts/store"
)

// Raise says who makes incidents of readings.
type Raise string

// Who raises.
const (
	RaiseTidemark Raise = "tidemark" // the hub; the usual way
	RaiseGrafana  Raise = "grafana"  // Grafana's rules, through the hook: the hub stores readings only
)

// EvaluateEvery is how often the rules are evaluated.
const EvaluateEvery = 10 * time.Second

// Config is what a Hub needs. Store and Rules are required.
type Config struct {
	Store        *store.Store
	Rules        []alerts.Rule
	Zone         func(shop string) *time.Location // a shop's time zone; nil: UTC
	Runbook      func(rule string) string         // address of a rule's page; nil: none
	Raise        Raise                            // empty: RaiseTidemark
	Receivers    []Receiver                       // told of every change
	Alertmanager *Alertmanager                    // nil: none
	HookToken    string                           // bearer token of the hooks; empty: they are closed
	Loopback     bool                             // Handler is served to this machine only and refuses names of other hosts
	Registry     prometheus.Registerer            // nil: no metrics
	Log          zerolog.Logger

	DeliverTimeout time.Duration    // of one call of a receiver or of Alertmanager; 0: 30 s
	StoreTimeout   time.Duration    // of one attempt to store; 0: 5 s
	FirstRetry     time.Duration    // pause after the first failure, doubled after each further one up to 30 s; 0: 1 s
	Tick           <-chan time.Time // when to evaluate; nil: each EvaluateEvery
	Now            func() time.Time // nil: time.Now
}

var nameRule = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

// check fills in what is left out and reports what cannot work.
func (c *Config) check() error {
	var errs []error
	if c.Store == nil {
		errs = append(errs, errors.New("alerts: a store is required"))
	}
	if c.Raise == "" {
		c.Raise = RaiseTidemark
	}
	if c.Raise != RaiseTidemark && c.Raise != RaiseGrafana {
		errs = append(errs, fmt.Errorf("alerts: %q cannot raise incidents: use %s or %s", c.Raise, RaiseTidemark, RaiseGrafana))
	}
	if c.Raise == RaiseGrafana && c.HookToken == "" {
		errs = append(errs, errors.New("alerts: where Grafana raises, its hook needs a token"))
	}
	seen := map[string]bool{}
	for _, r := range c.Receivers {
		if !nameRule.MatchString(r.Name) || seen[r.Name] || r.Deliver == nil {
			errs = append(errs, fmt.Errorf("alerts: receiver %q: every receiver needs a name of its own in lower case letters, digits, - and _, and a way to deliver", r.Name))
		}
		seen[r.Name] = true
	}
	if a := c.Alertmanager; a != nil && (a.Refresh == nil || a.Silence == nil || a.Unsilence == nil) {
		errs = append(errs, errors.New("alerts: Alertmanager needs Refresh, Silence and Unsilence"))
	}
	c.fill()
	return errors.Join(errs...)
}

func (c *Config) fill() {
	if c.Registry == nil {
		c.Registry = prometheus.NewRegistry()
	}
	for d, usual := range map[*time.Duration]time.Duration{&c.DeliverTimeout: 30 * time.Second, &c.StoreTimeout: 5 * time.Second, &c.FirstRetry: time.Second} {
		if *d == 0 {
			*d = usual
		}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
}
