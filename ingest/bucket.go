package ingest

import (
	"sync"
	"time"
)

// maxBuckets bounds the memory of one buckets; beyond it newcomers share one bucket.
const maxBuckets = 1 << 16

// buckets are token buckets by name: rate tokens a second, at most burst at once. A rate of 0 or less limits nothing.
type buckets struct {
	rate, burst float64
	mu          sync.Mutex
	byName      map[string]*bucket
	shared      bucket
	swept       time.Time
}

type bucket struct {
	tokens float64
	at     time.Time
}

func newBuckets(rate, burst float64) *buckets {
	return &buckets{rate: rate, burst: max(rate, burst), byName: map[string]*bucket{}}
}

// take takes n tokens, or says how long to wait for them. More than the burst is let through by a full bucket, which
// then owes the rest; else a large batch would never pass.
func (b *buckets) take(name string, n float64, now time.Time) (wait time.Duration) {
	if b.rate <= 0 {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	k := b.find(name, now)
	if k.at.IsZero() {
		k.tokens = b.burst
	} else {
		k.tokens = min(b.burst, k.tokens+b.rate*now.Sub(k.at).Seconds())
	}
	k.at = now
	if need := min(n, b.burst); k.tokens < need {
		return time.Duration((need - k.tokens) / b.rate * float64(time.Second))
	}
	k.tokens -= n
	return 0
}

func (b *buckets) find(name string, now time.Time) *bucket {
	if k := b.byName[name]; k != nil {
		return k
	}
	if len(b.byName) >= maxBuckets {
		b.sweep(now)
	}
	if len(b.byName) >= maxBuckets {
		return &b.shared
	}
	k := &bucket{}
	b.byName[name] = k
	return k
}

// sweep forgets the buckets that are full again; it looks at most once a second.
func (b *buckets) sweep(now time.Time) {
	if now.Sub(b.swept) < time.Second {
		return
	}
	b.swept = now
	for name, k := range b.byName {
		if k.tokens+b.rate*now.Sub(k.at).Seconds() >= b.burst {
			delete(b.byName, name)
		}
	}
}
