package processors

import (
	"tidemark/processors/window"
	"tidemark/schemas"
)

// landTask turns one partition's events into rows of their raw table. A row depends only on its record and on which ids
// the horizon before it holds, so landing a record again gives the same row.
type landTask[E any] struct {
	reading
	a       Assignment
	src     Source[E]
	decode  func([]byte, *E) error
	e       E
	rows    *schemas.Rows[E]
	ledger  ledger
	seen    *window.Dedupe
	m       schemas.Millis // highest event time
	from    int64          // records before it were landed already
	recount int64          // records before it only fill seen; those from it on are counted again, as their minute is open
	partial bool           // the next record is the first of a log whose beginning is missing
	live    bool           // a record at from or behind it has come
}

func newLandTask[E any](src Source[E], f schemas.Family[E], a Assignment) (*landTask[E], error) {
	decode, err := src.Decode()
	if err != nil {
		return nil, err
	}
	rows, err := schemas.NewRows(f)
	if err != nil {
		return nil, err
	}
	horizon := src.Horizon.Milliseconds()
	t := &landTask[E]{
		reading: reading{next: a.LogStart, horizon: horizon},
		a:       a, src: src, decode: decode, rows: rows, seen: window.NewDedupe(horizon), m: a.Known, from: a.LogStart,
		ledger: newLedger(1), partial: a.Position == nil && a.LogStart > 0, live: a.Position == nil,
	}
	if p := a.Position; p != nil {
		t.m, t.next, t.from, t.recount = p.MAtP, p.C, p.P, p.L
		t.ledger.resume(p)
	}
	return t, nil
}

// Apply takes records in offset order.
func (t *landTask[E]) Apply(recs []Record) { t.apply(recs, t.one, t.bury) }

func (t *landTask[E]) one(r *Record) {
	t.see(r)
	fresh := r.Offset >= t.from
	t.account(r)
	switch {
	case !fresh:
		t.stats.Replayed++
	case r.Heartbeat:
		t.stats.Heartbeats++
		t.m = max(t.m, r.Time)
	default:
		t.stats.Records++
	}
	if r.Heartbeat {
		return
	}
	if err := t.decode(r.Value, &t.e); err != nil {
		t.bury(r, err)
		return
	}
	dup := t.seen.Seen(t.src.hash(&t.e, t.src.ID(&t.e)), int64(r.Time))
	if r.Offset >= t.recount {
		t.ledger.note(landed(dup))
	}
	if !fresh {
		return
	}
	if dup {
		t.stats.Duplicates++
	}
	t.rows.Append(&t.e, t.a.Part, r.Offset, r.Time, dup)
	t.m = max(t.m, schemas.Millis(window.EventTime(int64(t.src.At(&t.e)), int64(r.Time))))
}

// account opens the record's account, unless it belongs to a minute that was closed before.
func (t *landTask[E]) account(r *Record) {
	t.goLive(r.Offset)
	if r.Offset >= t.recount {
		t.ledger.see(r, int64(t.m), t.partial)
		t.partial = false
	}
}

// goLive ends the silent recount once the record at off is next.
func (t *landTask[E]) goLive(off int64) {
	if !t.live && off >= t.from {
		t.live = true
		t.ledger.settle()
	}
}

func landed(dup bool) fate {
	if dup {
		return duplicate
	}
	return counted
}

// bury keeps a record that cannot be landed for the dead letters, unless an owner before has done so.
func (t *landTask[E]) bury(r *Record, cause error) {
	t.ledger.bury()
	if r.Offset >= t.from {
		t.reading.bury(r, cause)
	}
}

// Flush hands over the rows collected since the last one; raw tables have no headlines. While the ids of the horizon
// are read again there is nothing to store, and the position stays.
func (t *landTask[E]) Flush(headline bool) Flush {
	f := Flush{M: t.m, Ver: Version(t.a.Revision, max(t.next, t.from))}
	if headline {
		return f
	}
	t.handOver(&f)
	if t.next < t.from {
		f.Position, f.Replaying = *t.a.Position, true
		return f
	}
	if t.rows.Len() > 0 {
		f.Blocks = []schemas.Block{t.rows.Block()}
	}
	t.goLive(t.next)
	f.Blocks = append(f.Blocks, t.a.accounts(t.ledger.take(), [][]string{{LandAccount}})...)
	f.Position = t.position()
	return f
}

// position is where the next owner must take up the work: the open minute is counted again from its first record.
func (t *landTask[E]) position() Position {
	p := Position{L: t.next, P: t.next, MAtL: t.m, MAtP: t.m, Metrics: t.ledger.start()}
	at := t.lastAt
	if low := t.ledger.low; !low.None() {
		p.L, p.MAtL, at = low.Off, schemas.Millis(low.M), low.At
	}
	p.C = t.horizonBefore(p.L, at)
	return p
}

// Close has nothing to close: a raw row is complete from the start.
func (t *landTask[E]) Close() {}

// Bytes estimates the memory held.
func (t *landTask[E]) Bytes() int64 {
	return t.rows.Bytes() + t.seen.Bytes() + t.reading.bytes()
}
