package hub

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"tidemark/alerts/incident"
	"tidemark/schemas"
)

const (
	// RefreshEvery is how often Alertmanager is told the whole state.
	RefreshEvery = 30 * time.Second
	// resolvedFor is for how long it is told that an incident is resolved: longer than an Alertmanager that restarts is away.
	resolvedFor = 15 * time.Minute
	// managerName stands for Alertmanager among the receivers in metrics.
	managerName = "alertmanager"
)

// managerLoop keeps Alertmanager up to date until ctx ends; it returns nil.
func (h *Hub) managerLoop(ctx context.Context, wake <-chan struct{}) error {
	every := time.NewTicker(RefreshEvery)
	defer every.Stop()
	trouble := h.trouble("Alertmanager takes no alerts")
	wait := h.retries()
	told := map[string]string{} // by incident: the silence that Alertmanager has been asked for
	for {
		err := h.refresh(ctx, told)
		if ctx.Err() != nil {
			return nil
		}
		trouble.note(err)
		if err != nil {
			h.meter.failures.WithLabelValues(managerName).Inc()
			if !wait.sleep(ctx, nil) {
				return nil
			}
			continue
		}
		wait.reset()
		select {
		case <-ctx.Done():
			return nil
		case <-every.C:
		case <-wake:
		}
	}
}

// refresh makes silences what they should be, then pushes the state. An incident that is resolved but still silent is
// held back until its silence is gone, for else nobody would be told that it is resolved. Silences get half of the time:
// alerts that are not pushed again end in Alertmanager, which would tell people that all is well.
func (h *Hub) refresh(ctx context.Context, told map[string]string) error {
	ctx, cancel := context.WithTimeout(ctx, h.conf.DeliverTimeout)
	defer cancel()
	half, done := context.WithTimeout(ctx, h.conf.DeliverTimeout/2)
	defer done()
	active, resolved := h.state()
	var errs []error
	for i := range active {
		errs = append(errs, h.silence(half, &active[i], told))
	}
	ready := slices.DeleteFunc(slices.Clone(resolved), func(v incident.View) bool {
		err := h.silence(half, &v, told)
		errs = append(errs, err)
		return err != nil
	})
	errs = append(errs, h.conf.Alertmanager.Refresh(ctx, active, ready))
	maps.DeleteFunc(told, func(id, _ string) bool { return !holds(active, id) && !holds(resolved, id) })
	return errors.Join(errs...)
}

func holds(vs []incident.View, id string) bool {
	return slices.ContainsFunc(vs, func(v incident.View) bool { return v.ID == id })
}

// state is what Alertmanager should know: incidents of the catalogue. Others came from there; they are not silenced there
// either, for Alertmanager would not tell the hook of the end of what is silent, and the incident would never be over.
func (h *Hub) state() (active, resolved []incident.View) {
	h.mu.Lock()
	defer h.mu.Unlock()
	foreign := func(v incident.View) bool { return !h.known[v.Rule] }
	active = slices.DeleteFunc(h.book.Views(true, 0), foreign)
	since := schemas.MillisOf(h.conf.Now().Add(-resolvedFor))
	return active, slices.DeleteFunc(h.book.ResolvedSince(since), foreign)
}

// silence asks for the incident's silence or its end, unless its end has been asked for already.
func (h *Hub) silence(ctx context.Context, v *incident.View, told map[string]string) error {
	if v.Quiet() {
		told[v.ID] = v.State
		return h.conf.Alertmanager.Silence(ctx, *v)
	}
	want := v.State + v.Tier
	if v.AcknowledgedAt == nil || told[v.ID] == want {
		return nil // never silent, or not any more
	}
	err := h.conf.Alertmanager.Unsilence(ctx, *v)
	if err == nil {
		told[v.ID] = want
	}
	return err
}
