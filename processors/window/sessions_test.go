package window

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSessionSpecCheck(t *testing.T) {
	for name, c := range map[string]struct {
		spec SessionSpec
		ok   bool
	}{
		"usual":             {SessionSpec{30 * time.Minute, 4 * time.Hour, 2000}, true},
		"smallest":          {SessionSpec{time.Second, time.Second, 1}, true},
		"empty":             {SessionSpec{}, false},
		"short gap":         {SessionSpec{999 * time.Millisecond, time.Hour, 10}, false},
		"span below gap":    {SessionSpec{time.Minute, 59 * time.Second, 10}, false},
		"no events allowed": {SessionSpec{time.Minute, time.Hour, 0}, false},
	} {
		if err := c.spec.Check(); (err == nil) != c.ok {
			t.Errorf("%s: Check() = %v", name, err)
		}
	}
}

// trail is a session's state in these tests: the offsets of its records in the order of folding.
type trail []int64

func join(into, next *trail) { *into = append(*into, *next...) }

// ended is what is compared of a session.
type ended struct {
	key         uint64
	first, last int64
	events      int
	records     string
	oldest      int64
	passed      int64 // event time beyond which it cannot go on
}

func text(offsets trail) string {
	var s []string
	for _, o := range offsets {
		s = append(s, strconv.FormatInt(o, 10))
	}
	return strings.Join(s, " ")
}

func brief(n *Session[trail]) ended {
	return ended{n.key, n.First, n.Last, n.Events, text(n.State), n.Low.Off, n.passed}
}

// click is an event of a test log; its offset is its place.
type click struct {
	key  uint64
	ts   int64 // seconds
	join bool
}

// play folds a log whose records lie at rising offsets, with the watermark as given after the last.
func play(spec SessionSpec, log []click, watermark int64) (*Sessions[trail], []ended) {
	s := NewSessions(spec, join)
	for i, c := range log {
		s.Hold(eventOf(c, int64(i)), trail{int64(i)})
	}
	return s, advance(s, watermark)
}

func eventOf(c click, off int64) Event {
	return Event{Key: c.key, TS: c.ts * 1000, Low: Low{Off: off, At: off * 7, M: off * 11}, Join: c.join}
}

func advance(s *Sessions[trail], watermark int64) (all []ended) {
	s.Advance(watermark, func(n *Session[trail]) { all = append(all, brief(n)) })
	return all
}

func TestSessionsExamples(t *testing.T) {
	spec := SessionSpec{Gap: 10 * time.Second, MaxSpan: 30 * time.Second, MaxEvents: 4}
	for name, c := range map[string]struct {
		log  []click
		want []string // records of the sessions, in the order of their ends
	}{
		"one event":                           {[]click{{1, 5, false}}, []string{"0"}},
		"events a gap apart belong together":  {[]click{{1, 5, false}, {1, 15, false}}, []string{"0 1"}},
		"events more than a gap apart do not": {[]click{{1, 5, false}, {1, 16, false}}, []string{"0", "1"}},
		"keys do not mix":                     {[]click{{1, 5, false}, {2, 6, false}, {1, 7, false}}, []string{"1", "0 2"}},
		"the order of arrival does not count": {[]click{{1, 9, false}, {1, 5, false}, {1, 7, false}}, []string{"1 2 0"}},
		"equal times go by offset":            {[]click{{1, 5, false}, {1, 5, false}, {1, 5, false}}, []string{"0 1 2"}},
		"an event in between joins two":       {[]click{{1, 0, false}, {1, 18, false}, {1, 9, false}}, []string{"0 2 1"}},
		"the fifth event opens a session": {
			[]click{{1, 1, false}, {1, 2, false}, {1, 3, false}, {1, 4, false}, {1, 5, false}}, []string{"0 1 2 3", "4"}},
		"the span is cut after 30 s": {
			[]click{{1, 0, false}, {1, 10, false}, {1, 20, false}, {1, 30, false}}, []string{"0 1 2 3"}},
		"an event beyond the span opens a session": {
			[]click{{1, 0, false}, {1, 10, false}, {1, 20, false}, {1, 30, false}, {1, 31, false}}, []string{"0 1 2 3", "4"}},
		"a server event opens nothing":          {[]click{{1, 5, true}}, nil},
		"a server event joins":                  {[]click{{1, 5, false}, {1, 15, true}}, []string{"0 1"}},
		"a server event does not extend":        {[]click{{1, 5, false}, {1, 12, true}, {1, 16, false}}, []string{"0 1", "2"}},
		"a server event after the gap is alone": {[]click{{1, 5, false}, {1, 16, true}}, []string{"0"}},
		"a server event is no fifth": {
			[]click{{1, 1, false}, {1, 2, false}, {1, 3, false}, {1, 4, false}, {1, 5, true}}, []string{"0 1 2 3 4"}},
	} {
		_, got := play(spec, c.log, 1e9)
		var records []string
		for _, e := range got {
			records = append(records, e.records)
		}
		if !slices.Equal(records, c.want) {
			t.Errorf("%s: %q, want %q", name, records, c.want)
		}
	}
}

// A session ends in the second after its gap has passed, not before.
func TestSessionsEndAfterTheGap(t *testing.T) {
	s := NewSessions(SessionSpec{Gap: 10 * time.Second, MaxSpan: time.Minute, MaxEvents: 100}, join)
	s.Hold(Event{Key: 1, TS: 5000, Low: Low{Off: 3}}, trail{3})
	for _, watermark := range []int64{5000, 5999, 6000, 15_000, 15_999} {
		if got := advance(s, watermark); got != nil {
			t.Fatalf("ended at %d: %v", watermark, got)
		}
	}
	if s.Open() != 1 || s.Held() != 0 {
		t.Fatalf("%d open, %d held", s.Open(), s.Held())
	}
	got := advance(s, 16_000)
	if want := (ended{1, 5000, 5000, 1, "3", 3, 15_000}); len(got) != 1 || got[0] != want {
		t.Fatalf("got %v, want %v", got, want)
	}
	if s.Open() != 0 || !s.Low().None() {
		t.Fatalf("%d open, low %v", s.Open(), s.Low())
	}
}

func TestSessionClose(t *testing.T) {
	n := Session[trail]{First: 1000, Last: 5000}
	if got := n.Close(10_000); got != 14_999 {
		t.Errorf("close time %d", got)
	}
}

func TestFoldedUpTo(t *testing.T) {
	for _, c := range []struct{ watermark, want int64 }{{0, 0}, {999, 0}, {1000, 1000}, {-1, -1000}, {-1000, -1000}} {
		if got := FoldedUpTo(c.watermark); got != c.want {
			t.Errorf("FoldedUpTo(%d) = %d, want %d", c.watermark, got, c.want)
		}
	}
}

// expected builds sessions of a whole log, one key after the other.
func expected(spec SessionSpec, log []click) (all []ended) {
	byKey := map[uint64][]int64{}
	for off, c := range log {
		byKey[c.key] = append(byKey[c.key], int64(off))
	}
	gap, span := spec.Gap.Milliseconds(), spec.MaxSpan.Milliseconds()
	for key, offs := range byKey {
		slices.SortFunc(offs, func(a, b int64) int {
			return cmp.Or(cmp.Compare(log[a].ts, log[b].ts), cmp.Compare(a, b))
		})
		var cur *ended
		for _, off := range offs {
			ts := log[off].ts * 1000
			over := cur == nil || ts-cur.last > gap
			full := !over && (cur.events == spec.MaxEvents || ts-cur.first > span)
			switch {
			case log[off].join && over:
			case log[off].join:
				cur.records += " " + strconv.FormatInt(off, 10)
				cur.oldest = min(cur.oldest, off)
			case over || full:
				if full {
					cur.passed = ts
				}
				all = append(all, ended{key, ts, ts, 1, strconv.FormatInt(off, 10), off, ts + gap})
				cur = &all[len(all)-1]
			default:
				cur.last, cur.passed = ts, ts+gap
				cur.events++
				cur.records += " " + strconv.FormatInt(off, 10)
				cur.oldest = min(cur.oldest, off)
			}
		}
	}
	return all
}

func byEnd(a, b ended) int {
	return cmp.Or(cmp.Compare(Floor(a.passed, 1000), Floor(b.passed, 1000)), cmp.Compare(a.last, b.last), cmp.Compare(a.oldest, b.oldest))
}

func drawLog(t *rapid.T) ([]click, SessionSpec) {
	spec := SessionSpec{
		Gap:       time.Duration(rapid.IntRange(1, 6).Draw(t, "gap")) * time.Second,
		MaxEvents: rapid.IntRange(1, 6).Draw(t, "most"),
	}
	spec.MaxSpan = spec.Gap * time.Duration(rapid.IntRange(1, 4).Draw(t, "span"))
	log := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) click {
		return click{rapid.Uint64Range(1, 3).Draw(t, "key"), rapid.Int64Range(-30, 60).Draw(t, "ts"), rapid.IntRange(0, 4).Draw(t, "join") == 0}
	}), 0, 60).Draw(t, "log")
	return log, spec
}

// Whatever the order of arrival, sessions are those of the sorted log.
func TestSessionsLikeNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log, spec := drawLog(t)
		s := NewSessions(spec, join)
		s.upTo = -1e9
		for i, c := range log {
			s.Hold(eventOf(c, int64(i)), trail{int64(i)})
		}
		got, want := advance(s, 1e9), expected(spec, log)
		if !slices.IsSortedFunc(got, byEnd) {
			t.Fatalf("not in the order of their ends: %v", got)
		}
		slices.SortFunc(want, byEnd)
		slices.SortFunc(got, byEnd)
		if !slices.Equal(got, want) {
			t.Fatalf("spec %v\n got %v\nwant %v", spec, got, want)
		}
	})
}

// The steps in which the watermark rises do not change what comes out, only when.
func TestSessionsInSteps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log, spec := drawLog(t)
		slices.SortStableFunc(log, func(a, b click) int { return cmp.Compare(a.ts, b.ts) })
		late := rapid.Int64Range(0, 5).Draw(t, "lateness")
		s := NewSessions(spec, join)
		s.upTo = -1e9
		var got []ended
		for i, c := range log {
			s.Hold(eventOf(c, int64(i)), trail{int64(i)})
			if rapid.Bool().Draw(t, "advance") {
				got = append(got, advance(s, (c.ts-late)*1000+rapid.Int64Range(0, 999).Draw(t, "ms"))...)
				checkLow(t, s, log[:i+1], got)
			}
		}
		got = append(got, advance(s, 1e9)...)
		want := expected(spec, log)
		slices.SortFunc(want, byEnd)
		slices.SortFunc(got, byEnd)
		if !slices.Equal(got, want) {
			t.Fatalf("spec %v\n got %v\nwant %v", spec, got, want)
		}
		if s.Open() != 0 || s.Held() != 0 || !s.Low().None() || len(s.expiry) > 0 || len(s.held) > 0 {
			t.Fatalf("left over: %d open, %d held, low %v", s.Open(), s.Held(), s.Low())
		}
	})
}

// checkLow wants the oldest record of what is held or open.
func checkLow(t *rapid.T, s *Sessions[trail], log []click, done []ended) {
	low := NoLow()
	for _, n := range s.open {
		for _, off := range n.State {
			low = low.Min(eventOf(log[off], off).Low)
		}
	}
	for off, c := range log {
		if c.ts*1000 >= s.upTo {
			low = low.Min(eventOf(c, int64(off)).Low)
		}
	}
	if got := s.Low(); got != low {
		t.Fatalf("low is %v, want %v (%d sessions have ended)", got, low, len(done))
	}
}
