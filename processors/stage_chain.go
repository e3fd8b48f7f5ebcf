package processors

import (
	"cmp"
	"slices"

	"tidemark/processors/window"
	"tidemark/schemas"
)

// maxChains bounds the chains in a Position, so that it fits into a commit. Beyond that many keys that have not paused
// for hours, some may after a change of owner be cut into sessions at other events than before it: Flush.ChainsLeft
// counts them.
const maxChains = 64

// link is a session of a chain that has ended and stands in windows that are open until a time.
type link struct {
	window.Link
	until int64
}

// link notes a session of a chain while a window that it stands in is open: the replay needs it, or must begin after it.
func (s *sessionStage[E, S]) link(v *window.Session[S]) {
	l, ok := v.Link()
	if !ok {
		return
	}
	n := link{Link: l}
	for _, a := range s.metrics {
		n.until = max(n.until, a.spec.Window.Last(v.Close(s.def.Spec.Gap.Milliseconds()))+a.size)
	}
	s.links = append(s.links, n)
}

// unlink forgets the sessions whose windows have closed.
func (s *sessionStage[E, S]) unlink() {
	s.links = slices.DeleteFunc(s.links, func(l link) bool { return l.until < s.foldTo })
}

// chains lists, for keys of which a replay from low would see records of sessions that are counted for good, the oldest
// session that is not.
func (s *sessionStage[E, S]) chains(low int64) []Chain {
	oldest := map[uint64]window.Link{}
	note := func(l window.Link) {
		if o, ok := oldest[l.Key]; !ok || l.TS < o.TS || l.TS == o.TS && l.Off < o.Off {
			oldest[l.Key] = l
		}
	}
	for i := range s.links {
		note(s.links[i].Link)
	}
	for _, l := range s.set.Links() {
		note(l)
	}
	var all []Chain
	for _, l := range oldest {
		if l.Before >= low {
			all = append(all, Chain{Sessions: s.spec.fingerprint(), Key: l.Key, At: schemas.Millis(l.TS), Off: l.Off})
		}
	}
	slices.SortFunc(all, func(a, b Chain) int { return cmp.Compare(a.Key, b.Key) })
	return all
}

func (s *sessionStage[E, S]) resume(c Chain, before int64) {
	if c.Sessions == s.spec.fingerprint() {
		s.set.Resume(window.Link{Key: c.Key, TS: int64(c.At), Off: c.Off, Before: before})
	}
}
