package processors_test

import (
	"bytes"
	"errors"
	"strconv"

	. "tidemark/processors"
	"tidemark/schemas"
)

// The tests of Run use a task that counts records per second of event time. It follows the same rules as the real one:
// its rows are a function of the partition's log up to their version, and it replays silently.

var countsTable = schemas.Table{
	Name: "counts", Engine: "ReplacingMergeTree(ver)", OrderBy: []string{"second", "part"},
	Columns: []schemas.Column{
		{Name: "second", Type: "DateTime64(3, 'UTC')"}, {Name: "part", Type: "UInt64"},
		{Name: "n", Type: "Int64"}, {Name: "ver", Type: "UInt64"},
	},
}

const window = 1000 // ms

type openWindow struct {
	n, first int64
	m        schemas.Millis // M before the record at first
}

type countRow struct {
	second schemas.Millis
	n, ver int64
}

// countTask reads values "<event time in ms>", with padding behind a semicolon if any; anything else is a dead letter.
type countTask struct {
	a         Assignment
	m         schemas.Millis
	next      int64
	live      bool
	open      map[schemas.Millis]*openWindow
	closed    []countRow
	dead      []Dead
	stats     Stats
	ballast   int64 // bytes that no flush gives back
	skip      int64 // records below are ignored; a fault
	perRecord int64 // by which ballast grows
	starts    []Start
	onApply   func(Assignment, []Record)
}

func newCountTask(a Assignment) *countTask {
	t := &countTask{a: a, next: a.LogStart, live: true, open: map[schemas.Millis]*openWindow{}}
	if p := a.Position; p != nil {
		t.next, t.live, t.m = p.C, p.C >= p.P, p.MAtL
	}
	return t
}

func (t *countTask) Apply(recs []Record) {
	if t.onApply != nil {
		t.onApply(t.a, recs)
	}
	t.ballast += t.perRecord * int64(len(recs))
	for _, r := range recs {
		t.turn(r.Offset)
		if r.Offset >= t.skip {
			t.one(r)
		}
		t.next = r.Offset + 1
	}
	if p := t.a.Position; p != nil {
		t.turn(t.next)
	}
}

func (t *countTask) turn(off int64) {
	if p := t.a.Position; p != nil && !t.live && off >= p.P {
		t.live, t.closed, t.dead = true, nil, nil
		t.stats = Stats{Replayed: t.stats.Records}
	}
}

func (t *countTask) one(r Record) {
	if r.Heartbeat {
		t.stats.Heartbeats++
		t.advance(r.Time, r.Offset)
		return
	}
	t.stats.Records++
	digits, _, _ := bytes.Cut(r.Value, []byte(";"))
	ms, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil {
		t.dead = append(t.dead, Dead{Offset: r.Offset, Reason: "no_number", Value: append([]byte(nil), r.Value...)})
		t.stats.Quarantined++
		return
	}
	second := schemas.Millis(ms - ms%window)
	if second+window <= t.m {
		t.stats.Late++
	} else {
		w := t.open[second]
		if w == nil {
			w = &openWindow{first: r.Offset, m: t.m}
			t.open[second] = w
		}
		w.n++
	}
	t.advance(schemas.Millis(ms), r.Offset)
}

func (t *countTask) advance(m schemas.Millis, off int64) {
	t.m = max(t.m, m)
	for second, w := range t.open {
		if second+window <= t.m {
			t.closed = append(t.closed, countRow{second, w.n, off})
			delete(t.open, second)
		}
	}
}

func (t *countTask) Flush(headline bool) Flush {
	if !t.live {
		return Flush{Position: *t.a.Position, M: t.a.Position.MAtP, Replaying: true}
	}
	f := Flush{M: t.m, Ver: Version(0, t.next), Position: t.position()}
	rows := append([]countRow{}, t.closed...)
	for second, w := range t.open {
		rows = append(rows, countRow{second, w.n, t.next - 1})
	}
	f.Blocks = countBlocks(t.a.Part, rows)
	if headline {
		return f
	}
	f.Dead, f.Stats = t.dead, t.stats
	t.closed, t.dead, t.stats = nil, nil, Stats{}
	return f
}

func (t *countTask) position() Position {
	p := Position{L: t.next, P: t.next, MAtL: t.m, MAtP: t.m, Metrics: append([]Start{{Hash: 42}}, t.starts...)}
	for _, w := range t.open {
		if w.first < p.L {
			p.L, p.MAtL = w.first, w.m
		}
	}
	p.C = p.L
	return p
}

func (t *countTask) Close() { t.advance(1<<50, t.next) }

func (t *countTask) Bytes() int64 { return t.ballast + 64*int64(len(t.open)+len(t.closed)) }

func countBlocks(part uint64, rows []countRow) []schemas.Block {
	if len(rows) == 0 {
		return nil
	}
	var second []schemas.Millis
	var n []int64
	var parts, ver []uint64
	for _, r := range rows {
		second, n = append(second, r.second), append(n, r.n)
		parts, ver = append(parts, part), append(ver, Version(0, r.ver))
	}
	return []schemas.Block{{
		Table: &countsTable, Rows: len(rows), Names: []string{"second", "part", "n", "ver"}, Data: []any{second, parts, n, ver},
	}}
}

var errStore = errors.New("the store does not answer")
