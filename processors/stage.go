package processors

import (
	"tidemark/processors/window"
	"tidemark/processors/wire"
	"tidemark/schemas"
)

// stage is one kind of session over events of type E, with the metrics that count them; it hides the session's state.
type stage[E any] interface {
	// take offers an event. What the stage takes is counted, though a cap or a pause of its key may leave it out of every session.
	take(e *E, dup bool, ts int64, low window.Low, m int64) fate
	// advance folds and closes what M has passed; off is the record that moved it.
	advance(m, off int64) (other int64)
	low() window.Low
	stores() []*store
	start() Start
	// chains says where a replay from offset low must take up chains of sessions; resume tells the replay.
	chains(low int64) []Chain
	resume(c Chain, before int64)
	span() int64
	bytes() int64
	// What a snapshot holds of the stage, in three shares. writable says whether it can be written.
	writable() bool
	appendHeld(dst []byte) []byte
	readHeld(r *wire.Reader)
	appendOpen(dst []byte) []byte
	readOpen(r *wire.Reader)
	appendLinks(dst []byte) []byte
	readLinks(r *wire.Reader)
}

// sessionStage is the only stage there is; the interface hides its second type.
type sessionStage[E, S any] struct {
	src     Source[E]
	def     *Sessions[E, S]
	spec    *SessionsSpec
	set     *window.Sessions[S]
	metrics []*aggregate[window.Session[S]]
	dedupe  bool
	foldTo  int64
	links   []link // sessions of chains that have ended and stand in open windows
	doubt   doubt  // of a recompute
}

// stageFor finds the stream's stage for a definition of sessions, or adds one.
func stageFor[E, S any](t *typedStream[E], def *Sessions[E, S]) *sessionStage[E, S] {
	for _, st := range t.stages {
		if s, ok := st.(*sessionStage[E, S]); ok && s.def == def {
			return s
		}
	}
	s := &sessionStage[E, S]{src: t.src, def: def, spec: def.spec(), set: window.NewSessions(def.Spec, def.Merge)}
	t.stages = append(t.stages, s)
	return s
}

func (s *sessionStage[E, S]) watermark(m int64) int64 { return m - s.def.Lateness.Milliseconds() }

func (s *sessionStage[E, S]) take(e *E, dup bool, ts int64, low window.Low, m int64) fate {
	if dup && s.dedupe {
		return duplicate
	}
	if s.def.Where != nil && !s.def.Where(e) {
		return skipped
	}
	key := s.def.Key(e)
	if key == "" {
		return skipped
	}
	if ts < s.watermark(m) {
		for _, a := range s.metrics {
			a.mark(a.spec.Window.Last(ts+s.def.Spec.Gap.Milliseconds()-1), DirtyLate)
		}
		return late
	}
	join := s.def.Join != nil && s.def.Join(e)
	s.set.Hold(window.Event{Key: s.src.hash(e, key), TS: ts, Low: low, Join: join}, s.def.Of(e, schemas.Millis(ts)))
	return counted
}

func (s *sessionStage[E, S]) advance(m, off int64) (other int64) {
	to := window.FoldedUpTo(s.watermark(m))
	if to <= s.foldTo {
		return 0
	}
	gap := s.def.Spec.Gap.Milliseconds()
	s.set.Advance(s.watermark(m), func(v *window.Session[S]) {
		s.link(v)
		s.doubt.note(v.Root(), v.Close(gap), gap)
		for _, a := range s.metrics {
			if a.add(v, v.Close(gap), v.Low, s.foldTo-1).other {
				other++
			}
		}
	})
	s.foldTo = to
	for _, a := range s.metrics {
		// A session that ends exactly with its window may still grow, so the window waits for the second after.
		a.closeUpTo(to-1, off)
	}
	s.unlink()
	return other
}

func (s *sessionStage[E, S]) low() window.Low {
	l := s.set.Low()
	for _, a := range s.metrics {
		l = l.Min(a.store.low())
	}
	for i := range s.links {
		l = l.Min(s.links[i].Low)
	}
	return l
}

func (s *sessionStage[E, S]) stores() []*store {
	var all []*store
	for _, a := range s.metrics {
		all = append(all, a.store)
	}
	return all
}

func (s *sessionStage[E, S]) start() Start { return Start{Hash: s.spec.fingerprint()} }

// span is the longest time that a session can reach back.
func (s *sessionStage[E, S]) span() int64 {
	return (s.def.Spec.MaxSpan + s.def.Spec.Gap).Milliseconds()
}

func (s *sessionStage[E, S]) bytes() int64 {
	const perSession, perEvent = 300, 200 // rough, with the maps around them
	return int64(s.set.Open())*perSession + int64(s.set.Held())*perEvent
}
