package window

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var pairs = SessionSpec{Gap: 10 * time.Second, MaxSpan: time.Minute, MaxEvents: 2}

// The log cuts at two events: (0 2), (3 4), (5). A replay from offset 1, which another key asks for, sees 2 without 0.
var cutLog = []click{{1, 10, false}, {9, 12, false}, {1, 13, false}, {1, 16, false}, {1, 19, false}, {1, 22, false}}

// replay folds the log from an offset on.
func replay(spec SessionSpec, log []click, from int64, links ...Link) []ended {
	s := NewSessions(spec, join)
	s.upTo = -1e9
	for _, l := range links {
		s.Resume(l)
	}
	for off := from; off < int64(len(log)); off++ {
		s.Hold(eventOf(log[off], off), trail{off})
	}
	return advance(s, 1e9)
}

func TestReplayWithinAChain(t *testing.T) {
	records := func(all []ended) (r []string) {
		for _, e := range all {
			if e.key == 1 {
				r = append(r, e.records)
			}
		}
		return r
	}
	if got, want := records(replay(pairs, cutLog, 0)), []string{"0 2", "3 4", "5"}; !slices.Equal(got, want) {
		t.Fatalf("from the beginning: %q, want %q", got, want)
	}
	if got, want := records(replay(pairs, cutLog, 1)), []string{"2 3", "4 5"}; !slices.Equal(got, want) {
		t.Fatalf("without a link the cuts move: %q, want %q", got, want)
	}
	link := Link{Key: 1, TS: 16_000, Off: 3, Before: 2}
	if got, want := records(replay(pairs, cutLog, 1, link)), []string{"3 4", "5"}; !slices.Equal(got, want) {
		t.Fatalf("with a link: %q, want %q", got, want)
	}
}

func TestLinks(t *testing.T) {
	s := NewSessions(pairs, join)
	for off, c := range cutLog {
		s.Hold(eventOf(c, int64(off)), trail{int64(off)})
	}
	var links []Link
	s.Advance(20_000, func(n *Session[trail]) {
		if l, ok := n.Link(); ok {
			links = append(links, l)
		}
	})
	if len(links) != 1 || links[0].Before != -1 || links[0].Off != 0 || links[0].TS != 10_000 {
		t.Fatalf("the capped session is %+v", links)
	}
	open := s.Links()
	if want := (Link{Key: 1, TS: 16_000, Off: 3, Low: eventOf(cutLog[3], 3).Low, Before: 2}); len(open) != 1 || open[0] != want {
		t.Fatalf("open: %+v, want %+v", open, want)
	}
}

// A link reaches over all sessions that went before, not only the last.
func TestLinkKnowsTheWholeChain(t *testing.T) {
	log := []click{{1, 10, false}, {1, 16, false}, {1, 19, false}, {1, 13, false}, {1, 22, false}}
	// Sorted: 0 3 | 1 2 | 4. The first session's newest record lies behind the second's.
	s := NewSessions(pairs, join)
	for off, c := range log {
		s.Hold(eventOf(c, int64(off)), trail{int64(off)})
	}
	advance(s, 23_000)
	if l := s.Links(); len(l) != 1 || l[0].Off != 4 || l[0].Before != 3 {
		t.Fatalf("links: %+v", l)
	}
}

// From any offset on, with the link of the oldest session that is still needed, a replay ends as the whole log does.
func TestReplayFromAnyOffset(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log, spec := drawLog(t)
		s := NewSessions(spec, join)
		s.upTo = -1e9
		for off, c := range log {
			s.Hold(eventOf(c, int64(off)), trail{int64(off)})
		}
		var all []ended
		oldest := map[uint64]Link{}
		low := int64(len(log))
		needed := rapid.Int64Range(-30_000, 70_000).Draw(t, "sessions that close after this are needed")
		s.Advance(1e9, func(n *Session[trail]) {
			if n.Close(s.gap) <= needed {
				return
			}
			all = append(all, brief(n))
			low = min(low, n.Low.Off)
			l, _ := n.Link()
			if o, ok := oldest[l.Key]; !ok || l.TS < o.TS || l.TS == o.TS && l.Off < o.Off {
				oldest[l.Key] = l
			}
		})
		low = rapid.Int64Range(0, low).Draw(t, "replay from")
		var links []Link
		for _, l := range oldest {
			if l.Before >= low {
				links = append(links, l)
			}
		}
		var got []ended
		for _, e := range replay(spec, log, low, links...) {
			if e.last+s.gap-1 > needed {
				got = append(got, e)
			}
		}
		if !slices.Equal(got, all) {
			t.Fatalf("spec %v, from %d, links %+v\n got %v\nwant %v", spec, low, links, got, all)
		}
	})
}
