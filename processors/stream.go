package processors

import (
	"slices"

	"tidemark/processors/window"
)

// stream counts the events of one partition into the metrics of one group; it hides the event's type from the task.
type stream interface {
	// apply takes one event record. M is the highest event time before it. A record that cannot be read yields an error
	// and changes nothing.
	apply(r *Record, m int64, st *Stats, l *ledger) (ts int64, err error)
	// accounts names the metrics of each account of the ledger, in the order in which apply notes them.
	accounts() [][]string
	// remember only notes the record's id for deduplication.
	remember(r *Record)
	// advance closes what M has passed; off is the record that moved it.
	advance(m, off int64, st *Stats)
	low() window.Low
	stores() []*store
	stageStarts() []Start
	chains(low int64) []Chain
	resume(p *Position)
	// cutStages makes sessions that are new in the partition count only when they cannot have begun before m. The cuts of a
	// chain that goes on for longer than that stay where a chain that began at m has them.
	cutStages(known map[uint32]bool, m int64)
	// deduplicate prepares the memory of event ids, once every metric is attached. It returns for how long ids are
	// remembered, in milliseconds; 0 where no metric deduplicates.
	deduplicate() (horizon int64)
	bytes() int64
	// sections is the state as a snapshot holds it, given where the append time of the last record stands.
	sections(lastAt *int64) []section
	// writable says whether the state can be written: sessions need functions for theirs.
	writable() bool
	appendIdentity(dst []byte) []byte
	knownTo(p *Position) bool
}

type typedStream[E any] struct {
	src         Source[E]
	decode      func([]byte, *E) error
	direct      []*aggregate[E]
	stages      []stage[E]
	seen        *window.Dedupe // nil until the first record where nothing is deduplicated
	copies      copies         // of a recompute
	unaccounted ledger         // of a recompute
	e           E
}

func newTypedStream[E any](src Source[E]) (stream, error) {
	decode, err := src.Decode()
	if err != nil {
		return nil, err
	}
	return &typedStream[E]{src: src, decode: decode}, nil
}

func (t *typedStream[E]) remember(r *Record) {
	if t.decode(r.Value, &t.e) == nil {
		t.seen.Seen(t.src.hash(&t.e, t.src.ID(&t.e)), int64(r.Time))
	}
}

func (t *typedStream[E]) apply(r *Record, m int64, st *Stats, l *ledger) (ts int64, err error) {
	if err := t.decode(r.Value, &t.e); err != nil {
		return 0, err
	}
	e := &t.e
	ts = window.EventTime(int64(t.src.At(e)), int64(r.Time))
	dup := t.seen != nil && t.seen.Seen(t.src.hash(e, t.src.ID(e)), int64(r.Time))
	if dup {
		st.Duplicates++
	}
	t.count(dup, ts, window.Low{Off: r.Offset, At: int64(r.Time), M: m}, m, st, l)
	return ts, nil
}

// count gives the event that was decoded last to every metric, and notes in the ledger what became of it in each.
func (t *typedStream[E]) count(dup bool, ts int64, low window.Low, m int64, st *Stats, l *ledger) {
	for _, a := range t.direct {
		if dup && a.dedupe {
			l.note(duplicate)
			continue
		}
		o := a.add(&t.e, ts, low, m-a.spec.Lateness.Milliseconds())
		l.note(o.fate)
		if o.late {
			st.Late++
		}
		if o.other {
			st.Other++
		}
	}
	for _, s := range t.stages {
		f := s.take(&t.e, dup, ts, low, m)
		l.note(f)
		if f == late {
			st.Late++
		}
	}
}

func (t *typedStream[E]) advance(m, off int64, st *Stats) {
	for _, a := range t.direct {
		a.closeUpTo(m-a.spec.Lateness.Milliseconds(), off)
	}
	for _, s := range t.stages {
		st.Other += s.advance(m, off)
	}
}

func (t *typedStream[E]) low() window.Low {
	l := window.NoLow()
	for _, a := range t.direct {
		l = l.Min(a.store.low())
	}
	for _, s := range t.stages {
		l = l.Min(s.low())
	}
	return l
}

func (t *typedStream[E]) accounts() (names [][]string) {
	for _, a := range t.direct {
		names = append(names, []string{a.spec.Name})
	}
	for _, s := range t.stages {
		var of []string
		for _, st := range s.stores() {
			of = append(of, st.spec.Name)
		}
		names = append(names, of)
	}
	return names
}

func (t *typedStream[E]) stores() []*store {
	var all []*store
	for _, a := range t.direct {
		all = append(all, a.store)
	}
	for _, s := range t.stages {
		all = append(all, s.stores()...)
	}
	return all
}

func (t *typedStream[E]) stageStarts() []Start {
	var all []Start
	for _, s := range t.stages {
		all = append(all, s.start())
	}
	return all
}

func (t *typedStream[E]) chains(low int64) []Chain {
	var all []Chain
	for _, s := range t.stages {
		all = append(all, s.chains(low)...)
	}
	return all
}

func (t *typedStream[E]) resume(p *Position) {
	for _, c := range p.Chains {
		for _, s := range t.stages {
			s.resume(c, p.P-1)
		}
	}
}

func (t *typedStream[E]) cutStages(known map[uint32]bool, m int64) {
	for _, s := range t.stages {
		if known[s.start().Hash] {
			continue
		}
		for _, st := range s.stores() {
			st.from = m + s.span()
		}
	}
}

func (t *typedStream[E]) deduplicate() (horizon int64) {
	if !slices.ContainsFunc(t.stores(), func(s *store) bool { return s.spec.Dedupe }) {
		return 0
	}
	horizon = t.src.Horizon.Milliseconds()
	t.seen = window.NewDedupe(horizon)
	return horizon
}

func (t *typedStream[E]) bytes() int64 {
	n := int64(0)
	if t.seen != nil {
		n = t.seen.Bytes()
	}
	for _, s := range t.stages {
		n += s.bytes()
	}
	for _, s := range t.stores() {
		n += s.bytes()
	}
	return n
}
