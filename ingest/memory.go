package ingest

import (
	"context"
	"net/http"
	"sync/atomic"

	"golang.org/x/sync/semaphore"
)

// What hostile senders can make us hold. A body is free up to freeBody, so that ordinary requests pass whatever the
// others do; beyond it bodies share readBudget, and whoever would exceed it is told to come again. From there on the
// events of at most workBudget bytes are decoded or wait for Kafka at one time; the others wait for their turn.
const (
	freeBody   = 64 << 10
	readBudget = 48 << 20 // a body of 20 MiB, PostHog's limit, takes 40
	workBudget = 32 << 20
	leastWork  = 2 << 10 // what a request costs beside its body
	pooledBody = 1 << 20 // the largest buffer kept for another request: larger ones would stay outside of the account
)

// GCPercent and MemoryLimit are what a process that only collects gives to Go's runtime. Nearly all of its heap is garbage,
// and cheap to let lie; under attack the limit has it collected before the process grows. The limit is above what the budgets
// let be in use: near that, all time would go into collecting.
const (
	GCPercent   = 400
	MemoryLimit = 192 << 20
)

var busy = &refusal{status: http.StatusServiceUnavailable, code: "busy", retry: retryAfter}

// memory keeps the account.
type memory struct {
	reading atomic.Int64
	work    *semaphore.Weighted
}

func newMemory() *memory { return &memory{work: semaphore.NewWeighted(workBudget)} }

// loan is what one request has taken from readBudget, for its body and its records.
type loan struct {
	memory *memory
	read   int64
	taken  int64
}

// add accounts for n more bytes. They count twice: the buffer that holds them doubles as it grows, and a record is copied
// once more on its way to Kafka.
func (l *loan) add(n int64) *refusal {
	l.read += n
	due := 2*max(0, l.read-freeBody) - l.taken
	if due <= 0 {
		return nil
	}
	l.taken += due
	if l.memory.reading.Add(due) > readBudget {
		return busy
	}
	return nil
}

func (l *loan) giveBack() { l.memory.reading.Add(-l.taken) }

// enter waits for the turn of a body of n bytes, no longer than ctx lasts.
func (m *memory) enter(ctx context.Context, n int) (leave func(), no *refusal) {
	weight := int64(n + leastWork)
	if m.work.Acquire(ctx, weight) != nil {
		return nil, busy
	}
	return func() { m.work.Release(weight) }, nil
}
