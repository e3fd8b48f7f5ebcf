package processors

import (
	"tidemark/processors/window"
	"tidemark/schemas"
)

// archiveTask makes the rows of landTask and hands them over span by span. Its position stands at the beginning of the
// open span: a new owner reads that span again from its first record and closes it at the same one.
type archiveTask[E any] struct {
	*landTask[E]
	family string
	every  int64 // milliseconds
	size   int64 // records

	open    schemas.Span
	records int64    // seen in the open span
	start   Position // of the open span
	closed  []schemas.Block
	held    int64 // bytes of closed
}

func newArchiveTask[E any](t *landTask[E], family string, cuts ArchiveCuts) *archiveTask[E] {
	start := Position{C: t.from, L: t.from, P: t.from, MAtL: t.m, MAtP: t.m}
	if p := t.a.Position; p != nil {
		start = *p
	}
	at := &archiveTask[E]{landTask: t, family: family, every: cuts.Every.Milliseconds(), size: cuts.Records, start: start}
	at.begin(t.from)
	return at
}

// Apply takes records in offset order.
func (t *archiveTask[E]) Apply(recs []Record) { t.apply(recs, t.one, t.bury) }

func (t *archiveTask[E]) one(r *Record) {
	if r.Offset >= t.from {
		if t.cutsBefore(r) {
			t.end()
		}
		t.count(r)
	}
	t.landTask.one(r)
	if t.open.Waiting == 0 && t.rows.Len() > 0 {
		t.open.Waiting = r.Time
	}
}

// cutsBefore says whether a span ends between the last record and r. Spans without events go on past the lines of the
// time grid, so that an idle partition does not leave an empty span every few minutes.
func (t *archiveTask[E]) cutsBefore(r *Record) bool {
	if t.records == 0 {
		return false
	}
	if (t.next-1)/t.size != r.Offset/t.size {
		return true
	}
	return t.rows.Len() > 0 && window.Floor(t.lastAt, t.every) != window.Floor(int64(r.Time), t.every)
}

func (t *archiveTask[E]) count(r *Record) {
	if t.records == 0 {
		t.open.AppendFrom = r.Time
	}
	t.records++
	if r.Heartbeat {
		t.open.Heartbeats++
	}
}

// begin opens a span at an offset.
func (t *archiveTask[E]) begin(first int64) {
	t.records = 0
	t.open = schemas.Span{Family: t.family, Topic: t.a.Topic, Partition: t.a.Partition, Part: t.a.Part, First: first}
}

// end closes the open span behind the last record applied and begins the next one.
func (t *archiveTask[E]) end() {
	t.held += t.rows.Bytes()
	b := t.rows.Block()
	span := t.open
	span.Next, span.Events, span.Dead = t.next, int64(b.Rows), t.records-t.open.Heartbeats-int64(b.Rows)
	span.Duplicates, span.M, span.AppendTo = duplicates(&b), t.m, schemas.Millis(t.lastAt)
	b.Span = &span
	t.closed = append(t.closed, b)
	t.start = Position{L: t.next, P: t.next, MAtL: t.m, MAtP: t.m}
	t.start.C = t.horizonBefore(t.next, t.lastAt)
	t.begin(t.next)
}

// duplicates counts the marked rows.
func duplicates(b *schemas.Block) (n int64) {
	for _, d := range b.Data[len(b.Data)-1].([]bool) {
		if d {
			n++
		}
	}
	return n
}

// Flush hands over the closed spans, and the open one without rows, as a sign of how long its events have waited. Records
// that cannot be read are counted in their span; the dead letters are land's to write.
func (t *archiveTask[E]) Flush(headline bool) Flush {
	f := Flush{M: t.m, Ver: Version(t.a.Revision, max(t.next, t.from))}
	if headline {
		return f
	}
	t.handOver(&f)
	f.Dead = nil
	t.ledger.settle() // accounts are land's to write
	if t.next < t.from {
		f.Position, f.Replaying = *t.a.Position, true
		return f
	}
	open := t.open
	f.Blocks = append(t.closed, schemas.Block{Table: t.rows.Table(), Span: &open})
	f.Position = t.start
	t.closed, t.held = nil, 0
	return f
}

// Close ends a bounded run: the last span ends with the log.
func (t *archiveTask[E]) Close() {
	if t.records > 0 {
		t.end()
	}
}

// Bytes estimates the memory held.
func (t *archiveTask[E]) Bytes() int64 { return t.landTask.Bytes() + t.held }
