package hub

import (
	"context"

	"tidemark/alerts/incident"
	"tidemark/schemas"
)

// mostAtOnce is how many messages a receiver gets in one call.
const mostAtOnce = 20

// deliverLoop gives one receiver its messages until ctx ends; it returns nil.
func (h *Hub) deliverLoop(ctx context.Context, r Receiver, wake <-chan struct{}) error {
	trouble := h.trouble("receiver " + r.Name + " takes no messages")
	wait := h.retries()
	for {
		messages := h.owed(r.Name)
		if len(messages) == 0 {
			select {
			case <-ctx.Done():
				return nil
			case <-wake:
				continue
			}
		}
		err := h.deliver(ctx, r, messages[:min(len(messages), mostAtOnce)])
		if ctx.Err() != nil {
			return nil
		}
		trouble.note(err)
		if err == nil {
			wait.reset()
		} else if !wait.sleep(ctx, nil) {
			return nil
		}
	}
}

func (h *Hub) owed(receiver string) []incident.Message {
	h.mu.Lock()
	defer h.mu.Unlock()
	messages := h.book.Owed(receiver, schemas.MillisOf(h.conf.Now()))
	h.meter.owed.WithLabelValues(receiver).Set(float64(len(messages)))
	return messages
}

// deliver makes one attempt and notes what was taken, even where ctx has ended meanwhile.
func (h *Hub) deliver(ctx context.Context, r Receiver, messages []incident.Message) error {
	call, cancel := context.WithTimeout(ctx, h.conf.DeliverTimeout)
	defer cancel()
	if err := r.Deliver(call, messages); err != nil {
		h.meter.failures.WithLabelValues(r.Name).Inc()
		return err
	}
	h.meter.sent.WithLabelValues(r.Name).Add(float64(len(messages)))
	h.mu.Lock()
	h.unsaved = append(h.unsaved, h.book.Take(r.Name, messages, schemas.MillisOf(h.conf.Now()))...)
	h.mu.Unlock()
	poke(h.dirty)
	return nil
}
