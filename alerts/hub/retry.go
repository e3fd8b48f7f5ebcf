package hub

import (
	"context"
	"math/rand/v2"
	"time"
)

const longestRetry = 30 * time.Second

// retries is a row of growing pauses.
type retries struct{ first, next time.Duration }

func (h *Hub) retries() *retries { return &retries{h.conf.FirstRetry, h.conf.FirstRetry} }

// reset begins with the shortest pause again.
func (r *retries) reset() { r.next = r.first }

// sleep waits for the next pause, or until something comes through wake. It answers false where ctx ended.
func (r *retries) sleep(ctx context.Context, wake <-chan struct{}) bool {
	pause := r.next/2 + rand.N(r.next/2+1)
	r.next = min(2*r.next, longestRetry)
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
	case <-wake:
	}
	return true
}
