package processors

import (
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

// recordOverhead is what a record costs beside its key and value.
const recordOverhead = 160

// queue holds the record batches that wait for one worker. It takes any number: what bounds it is the pause of the
// partition once its bytes pass the limit.
type queue struct {
	mu      sync.Mutex
	batches [][]*kgo.Record
	bytes   int64
	ready   chan struct{} // has a token while batches may be waiting
}

func newQueue() *queue { return &queue{ready: make(chan struct{}, 1)} }

func (q *queue) push(recs []*kgo.Record) {
	size := sizeOf(recs)
	q.mu.Lock()
	q.batches = append(q.batches, recs)
	q.bytes += size
	q.mu.Unlock()
	notify(q.ready)
}

// pop takes the oldest batch out. Its bytes stay accounted for until done.
func (q *queue) pop() ([]*kgo.Record, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.batches) == 0 {
		return nil, false
	}
	recs := q.batches[0]
	q.batches[0] = nil
	q.batches = q.batches[1:]
	return recs, true
}

// done gives back the bytes of a batch.
func (q *queue) done(size int64) {
	q.mu.Lock()
	q.bytes -= size
	q.mu.Unlock()
}

func (q *queue) size() int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.bytes
}

func sizeOf(recs []*kgo.Record) (n int64) {
	for _, r := range recs {
		n += int64(len(r.Key)+len(r.Value)) + recordOverhead
	}
	return n
}
