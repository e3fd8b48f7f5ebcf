package hub

import (
	"context"
	"time"

	"tidemark/alerts/incident"
	"tidemark/schemas"
)

// longestEvaluation is when an evaluation is given up; the first one reads six weeks.
const longestEvaluation = 5 * time.Minute

// evaluateLoop evaluates at each tick until ctx ends; it returns nil.
func (h *Hub) evaluateLoop(ctx context.Context) error {
	tick := h.conf.Tick
	if tick == nil {
		t := time.NewTicker(EvaluateEvery)
		defer t.Stop()
		tick = t.C
	}
	trouble := h.trouble("rules cannot be judged")
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick:
		}
		err := h.evaluate(ctx, h.conf.Now())
		if ctx.Err() != nil {
			return nil
		}
		trouble.note(err)
	}
}

// evaluate judges the rules once, decides what follows, tries to store it, and lets the receivers know. Its error names
// the rules that could not be judged; whether storing worked does not matter here.
func (h *Hub) evaluate(ctx context.Context, now time.Time) error {
	began := time.Now()
	limited, cancel := context.WithTimeout(ctx, longestEvaluation)
	defer cancel()
	readings, err := h.eval.Eval(limited, now)
	h.meter.seconds.Observe(time.Since(began).Seconds())
	h.meter.judged.Add(float64(len(readings)))
	if err != nil {
		h.meter.errors.Inc()
	} else {
		h.meter.last.Set(float64(now.UnixMilli()) / 1000)
	}
	at := schemas.MillisOf(now)
	var events []incident.Event
	h.mu.Lock()
	if h.conf.Raise == RaiseGrafana {
		h.book.Observe(readings)
	} else {
		events = h.book.Judge(readings, at)
	}
	h.unsaved = append(h.unsaved, events...)
	h.readings = append(h.readings, readings...)
	h.book.Forget(at - schemas.Millis(keep.Milliseconds()))
	h.mu.Unlock()
	if h.save(ctx) != nil {
		poke(h.dirty)
	}
	if len(events) > 0 {
		h.changed()
	}
	return err
}
