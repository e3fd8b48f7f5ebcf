package processors

import "tidemark/processors/window"

// reading is what all tasks know of the log they read: how far they have come, which records were dead, and what
// happened since the last flush.
type reading struct {
	next    int64 // offset after the last record applied
	lastAt  int64 // append time of the last record
	horizon int64 // for how long ids are remembered, milliseconds; 0 where none are
	offsets window.Offsets
	dead    []Dead
	buried  int64 // bytes of dead
	stats   Stats
}

// apply gives the records to one, in their order. A record on which it panics goes to dead; the partition moves on.
func (l *reading) apply(recs []Record, one func(*Record), dead func(*Record, error)) {
	for len(recs) > 0 {
		recs = recs[l.run(recs, one, dead):]
	}
}

// run applies records up to the end or to the first panic, and returns how many it has dealt with.
func (l *reading) run(recs []Record, one func(*Record), dead func(*Record, error)) (n int) {
	defer func() {
		if recover() != nil {
			dead(&recs[n], ReasonPanic)
			l.next = recs[n].Offset + 1
			n++
		}
	}()
	for ; n < len(recs); n++ {
		one(&recs[n])
		l.next = recs[n].Offset + 1
	}
	return n
}

// see notes a record before it is applied.
func (l *reading) see(r *Record) {
	l.lastAt = int64(r.Time)
	if l.horizon > 0 {
		l.offsets.See(r.Offset, l.lastAt)
	}
}

// bury keeps a record for the dead letters.
func (l *reading) bury(r *Record, cause error) {
	l.stats.Quarantined++
	l.dead = append(l.dead, deadOf(r, cause))
	l.buried += int64(len(r.Value))
}

// handOver moves the dead records and the counts into f.
func (l *reading) handOver(f *Flush) {
	f.Dead, l.dead, l.buried = l.dead, nil, 0
	f.Stats, l.stats = l.stats, Stats{}
}

// horizonBefore returns the offset from which on the ids must be known to whoever takes up the work at off, a record
// appended at the given time.
func (l *reading) horizonBefore(off, at int64) int64 {
	if l.horizon == 0 {
		return off
	}
	return min(off, l.offsets.Before(at-l.horizon-1000, off))
}

// bytes estimates the memory held.
func (l *reading) bytes() int64 { return l.offsets.Bytes() + l.buried }
