package truth

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"
)

// keep is how long cells are kept: a business day of any zone and one to compare it with.
const keep = 72 * time.Hour

// compactAt is the size in bytes at which the journal is replaced by its sum.
const compactAt = 16 << 20

// Truth is the simulator's own count. It is safe for concurrent use.
type Truth struct {
	bounds Bounds
	path   string
	run    int

	mu      sync.Mutex
	file    *os.File
	written int // bytes since the journal was compacted
	cells   map[Key]Count
}

// Open reads the journal at path and starts a new run. Requests whose answer was never noted are maybes. One process at
// a time may hold a journal.
func Open(path string, now time.Time, bounds Bounds) (*Truth, error) {
	run, cells, err := load(path)
	if err != nil {
		return nil, fmt.Errorf("the simulator's journal: %w", err)
	}
	t := &Truth{bounds: bounds, path: path, run: run + 1, cells: cells}
	if err := t.compact(now); err != nil {
		return nil, err
	}
	return t, nil
}

// compact replaces the journal by its sum, without what is too old.
func (t *Truth) compact(now time.Time) error {
	oldest := now.Add(-keep).UnixMilli()
	for k := range t.cells {
		if k.Minute < oldest {
			delete(t.cells, k)
		}
	}
	if err := save(t.path, t.run, t.cells); err != nil {
		return fmt.Errorf("the simulator's journal: %w", err)
	}
	f, err := os.OpenFile(t.path, os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("the simulator's journal: %w", err)
	}
	if t.file != nil {
		t.file.Close()
	}
	t.file, t.written = f, 0
	return nil
}

// Run is the number of this run: 1 for a new journal, one more each time it is opened.
func (t *Truth) Run() int { return t.run }

// Request is a request on its way; it ends with Done or Refused, unless its answer never comes.
type Request struct {
	truth *Truth
	sent  time.Time
	facts []Fact
}

// Sending notes what a request holds, before its first attempt goes out; until its end that is a maybe.
func (t *Truth) Sending(now time.Time, facts []Fact) (*Request, error) {
	r := &Request{truth: t, sent: now, facts: facts}
	return r, t.change(now, r.facts, func(n int64, _ time.Time) Count { return Count{Maybe: n} })
}

// Done notes that the collector has acknowledged the request.
func (r *Request) Done(now time.Time) error {
	return r.truth.change(now, r.facts, func(n int64, at time.Time) Count {
		return r.truth.bounds.of(n, at, r.sent, now).plus(Count{Maybe: -n})
	})
}

// Refused notes that the collector has taken nothing of the request and never will.
func (r *Request) Refused(now time.Time) error {
	return r.truth.change(now, r.facts, func(n int64, _ time.Time) Count { return Count{Maybe: -n} })
}

// change adds to the cells of the facts and appends a line to the journal. Without fsync: it must outlive the process,
// as the broker's log does, not the machine.
func (t *Truth) change(now time.Time, facts []Fact, count func(n int64, at time.Time) Count) error {
	if len(facts) == 0 {
		return nil // only copies
	}
	changes := cells(facts, count)
	text, err := json.Marshal(line{Cells: changes})
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.written > compactAt {
		if err := t.compact(now); err != nil {
			return err
		}
	}
	n, err := t.file.Write(append(text, '\n'))
	if err != nil {
		return fmt.Errorf("the simulator's journal: %w", err)
	}
	t.written += n
	add(t.cells, changes)
	return nil
}

func cells(facts []Fact, count func(n int64, at time.Time) Count) []cell {
	sum := map[Key]Count{}
	for _, f := range facts {
		for _, a := range f.Adds {
			k := At(f.At, f.Shop, a.Measure)
			sum[k] = sum[k].plus(count(a.N, f.At))
		}
	}
	out := make([]cell, 0, len(sum))
	for k, c := range sum {
		out = append(out, cell{k, c})
	}
	return out
}

// Sum adds up the cells of one shop and measure with from <= minute < to.
func (t *Truth) Sum(shop string, m Measure, from, to time.Time) Count {
	t.mu.Lock()
	defer t.mu.Unlock()
	var sum Count
	for k, c := range t.cells {
		if k.Shop == shop && k.Measure == m && k.Minute >= from.UnixMilli() && k.Minute < to.UnixMilli() {
			sum = sum.plus(c)
		}
	}
	return sum
}

// Close ends the run. The journal adds itself up when it is opened again.
func (t *Truth) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.file.Close()
}
