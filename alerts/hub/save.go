package hub

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tidemark/schemas"
)

// mostReadings is how many readings wait for ClickHouse at most, some hundred bytes each.
const mostReadings = 200_000

// save tries once to store what is not stored: events, then the readings that they rest on. A reading is never stored
// before the events that follow from it, else a crash between the two would lose these.
func (h *Hub) save(ctx context.Context) error {
	h.saving.Lock()
	defer h.saving.Unlock()
	h.mu.Lock()
	events, readings := slices.Clone(h.unsaved), slices.Clone(h.readings)
	h.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, h.conf.StoreTimeout)
	defer cancel()
	err := h.conf.Store.SaveEvents(ctx, events)
	if err == nil {
		h.mu.Lock()
		h.unsaved = h.unsaved[len(events):]
		h.mu.Unlock()
		if err = h.conf.Store.SaveReadings(ctx, readings, schemas.MillisOf(h.conf.Now())); err == nil {
			h.dropReadings(len(readings))
			return nil
		}
	}
	h.meter.storeErrors.Inc()
	if over := len(readings) - mostReadings; over > 0 {
		h.meter.dropped.Add(float64(over))
		h.dropReadings(over)
	}
	return err
}

func (h *Hub) dropReadings(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.readings = slices.Delete(h.readings, 0, n)
}

// saveLoop repeats what could not be stored until ctx ends; it returns nil.
func (h *Hub) saveLoop(ctx context.Context) error {
	trouble := h.trouble("incidents and readings cannot be stored")
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-h.dirty:
		}
		for wait := h.retries(); ; {
			err := h.save(ctx)
			if ctx.Err() != nil {
				return nil
			}
			trouble.note(err)
			if err == nil {
				break
			}
			if !wait.sleep(ctx, nil) {
				return nil
			}
		}
	}
}

// saveLast stores what is left when Run ends.
func (h *Hub) saveLast(ctx context.Context) error {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), h.conf.StoreTimeout+time.Second)
	defer cancel()
	if err := h.save(last); err != nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		return fmt.Errorf("%d events of incidents are lost, the next start decides anew: %w", len(h.unsaved), err)
	}
	return nil
}
