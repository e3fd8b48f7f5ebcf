package deliver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"tidemark/alerts"
	"tidemark/alerts/incident"
)

// Lifetime is how long an Alertmanager keeps an alert, or the silence of an acknowledged one, that is not repeated.
const Lifetime = 5 * time.Minute

// AlertmanagerConfig says where the Alertmanagers are and what they are told.
type AlertmanagerConfig struct {
	URLs     []string      // of all instances of the cluster: each is told by itself, as they want it
	Rules    []alerts.Rule // of the catalogue
	Links    Links
	Timeout  time.Duration         // of one request; 0: 5 s
	Patience time.Duration         // of one call with its repeats; 0: 15 s
	Log      zerolog.Logger        // told of instances that go away and come back
	Registry prometheus.Registerer // nil: no metrics
	Now      func() time.Time      // nil: the clock
}

// Alertmanager pushes incidents through API v2. An instance that is away holds up none of the others.
type Alertmanager struct {
	conf      AlertmanagerConfig
	instances []*endpoint
	metrics   map[string]string // metric by rule
}

// NewAlertmanager checks the addresses; it asks nobody.
func NewAlertmanager(c AlertmanagerConfig) (*Alertmanager, error) {
	if len(c.URLs) == 0 {
		return nil, errors.New("alertmanager: at least one address is needed")
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.Patience == 0 {
		c.Patience = defaultPatience
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	m, err := newMeter(c.Registry)
	if err != nil {
		return nil, err
	}
	a := &Alertmanager{conf: c, metrics: map[string]string{}}
	for _, address := range c.URLs {
		e, err := newEndpoint("alertmanager "+hostOf(address), address, c.Timeout, c.Patience, m)
		if err != nil {
			return nil, err
		}
		a.instances = append(a.instances, e)
	}
	for i := range c.Rules {
		a.metrics[c.Rules[i].Name] = c.Rules[i].Metric
	}
	return a, nil
}

// Refresh pushes the state of incidents: active ones end Lifetime from now unless they are repeated, resolved ones at
// the time they were resolved. Incidents of rules that the catalogue does not have came from Alertmanager and do not go
// back. It fails where no instance took it: one that was away learns all with the next call.
func (a *Alertmanager) Refresh(ctx context.Context, active, resolved []incident.View) error {
	now := a.conf.Now()
	var batch []alert
	for i := range active {
		batch = append(batch, a.alerts(&active[i], now)...)
	}
	for i := range resolved {
		batch = append(batch, a.alerts(&resolved[i], now)...)
	}
	if len(batch) == 0 {
		return nil
	}
	body, err := json.Marshal(batch)
	if err != nil {
		return fmt.Errorf("alertmanager: %w", err)
	}
	return a.tell(ctx, a.instances, func(ctx context.Context, e *endpoint) error {
		_, err := e.do(ctx, http.MethodPost, e.api("alerts"), jsonHeader(), body)
		return err
	})
}

// tell asks instances at once, each with its own repeats. It fails where none succeeded; else what failed is logged when
// it begins.
func (a *Alertmanager) tell(ctx context.Context, instances []*endpoint, step func(context.Context, *endpoint) error) error {
	errs := make([]error, len(instances))
	var all sync.WaitGroup
	for i, e := range instances {
		all.Go(func() {
			was := e.away.Load()
			errs[i] = e.try(ctx, func(ctx context.Context) error { return step(ctx, e) })
			if away := errs[i] != nil; away != was {
				a.conf.Log.Warn().Err(errs[i]).Str("instance", e.name).Bool("away", away).Msg("alertmanager")
			}
		})
	}
	all.Wait()
	if slices.Contains(errs, nil) {
		return nil
	}
	return errors.Join(errs...)
}

// present are the instances that took the last call, or all where none did. What the others miss of silences, the
// cluster tells them.
func (a *Alertmanager) present() []*endpoint {
	there := slices.DeleteFunc(slices.Clone(a.instances), func(e *endpoint) bool { return e.away.Load() })
	if len(there) == 0 {
		return a.instances
	}
	return there
}

func (e *endpoint) api(path ...string) *url.URL {
	return e.base.JoinPath(append([]string{"api", "v2"}, path...)...)
}

// hostOf is what an address is called; empty where it is none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
