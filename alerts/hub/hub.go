package hub

import (
	"context"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"tidemark/alerts"
	"tidemark/alerts/incident"
	"tidemark/schemas"
)

// keep is for how long incidents that are over stay in memory and in the API.
const keep = 90 * 24 * time.Hour

// Hub is the running whole. Run it once; Handler may be served before and during Run.
type Hub struct {
	conf  Config
	eval  *alerts.Evaluator
	meter *meter
	known map[string]bool // rules of the catalogue

	saving sync.Mutex      // held while storing, so that nothing is stored twice
	wakers []chan struct{} // one per receiver, and one for Alertmanager: something has changed
	dirty  chan struct{}   // something is to be stored

	mu       sync.Mutex // guards what follows
	loaded   bool
	book     *incident.Book
	unsaved  []incident.Event          // made and not stored, oldest first
	readings []alerts.Reading          // judged and not stored; the events that follow from them are in the book
	complete map[string]schemas.Millis // by rule: up to when windows are complete
}

// New prepares a hub. It asks nobody and reads nothing yet; an error means that the configuration cannot work.
func New(c Config) (*Hub, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	h := &Hub{
		conf: c, known: map[string]bool{}, complete: map[string]schemas.Millis{}, dirty: make(chan struct{}, 1),
		book: incident.NewBook(incident.Config{Rules: c.Rules, Runbook: c.Runbook, Zone: c.Zone}),
	}
	for range len(c.Receivers) + 1 {
		h.wakers = append(h.wakers, make(chan struct{}, 1))
	}
	for i := range c.Rules {
		h.known[c.Rules[i].Name] = true
	}
	var err error
	if h.eval, err = alerts.NewEvaluator(c.Rules, h.watched(c.Store.History(c.Zone))); err != nil {
		return nil, err
	}
	h.meter, err = newMeter(h)
	return h, err
}

// Run reads the incidents, waiting for ClickHouse if need be, and then evaluates and delivers until ctx ends. It returns
// nil then, or what could not be stored at the end.
func (h *Hub) Run(ctx context.Context) error {
	if !h.load(ctx) {
		return nil
	}
	run, ctx := errgroup.WithContext(ctx)
	run.Go(func() error { return h.evaluateLoop(ctx) })
	run.Go(func() error { return h.saveLoop(ctx) })
	for i, r := range h.conf.Receivers {
		run.Go(func() error { return h.deliverLoop(ctx, r, h.wakers[i]) })
	}
	if h.conf.Alertmanager != nil {
		run.Go(func() error { return h.managerLoop(ctx, h.wakers[len(h.conf.Receivers)]) })
	}
	if err := run.Wait(); err != nil {
		return err
	}
	return h.saveLast(ctx)
}

// load reads the stored events, again and again until that works. It answers false where ctx ended first.
func (h *Hub) load(ctx context.Context) bool {
	trouble := h.trouble("incidents cannot be read")
	wait := h.retries()
	for {
		since := schemas.MillisOf(h.conf.Now().Add(-keep))
		events, err := h.conf.Store.Events(ctx, since)
		trouble.note(err)
		if err == nil {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.book.Load(events)
			h.loaded = true
			h.conf.Log.Info().Int("events", len(events)).Msg("incidents read")
			return true
		}
		if !wait.sleep(ctx, nil) {
			return false
		}
	}
}

// changed wakes those who tell people.
func (h *Hub) changed() {
	for _, c := range h.wakers {
		poke(c)
	}
}

// poke leaves a note in a channel of one.
func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // there is one already
	}
}

// trouble is something that can fail for a while: it logs when that begins and when it is over, not each time.
type trouble struct {
	log     zerolog.Logger
	what    string
	failing bool
}

func (h *Hub) trouble(what string) *trouble { return &trouble{log: h.conf.Log, what: what} }

func (t *trouble) note(err error) {
	switch {
	case err != nil && !t.failing:
		t.log.Error().Err(err).Msg(t.what + "; it will be tried again")
	case err == nil && t.failing:
		t.log.Info().Msg(t.what + ": over")
	}
	t.failing = err != nil
}
