package window

import (
	"encoding/binary"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tidemark/processors/wire"
)

func TestDedupeRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const horizon = 50
		id, step := rapid.Uint64Range(0, 40), rapid.Int64Range(0, 9)
		a, now := NewDedupe(horizon), int64(0)
		for range rapid.IntRange(0, 200).Draw(t, "before") {
			now += step.Draw(t, "step")
			a.Seen(id.Draw(t, "id"), now)
		}
		b, r := NewDedupe(horizon), wire.NewReader(a.Append(nil, now))
		if b.Read(r, now); !r.Done() {
			t.Fatal("not all was read")
		}
		for range 100 {
			now += step.Draw(t, "step")
			n := id.Draw(t, "id")
			if x, y := a.Seen(n, now), b.Seen(n, now); x != y {
				t.Fatalf("%d at %d: duplicate %v in the original, %v in what came back", n, now, x, y)
			}
		}
	})
}

// What has expired is left behind, and many ids leave room in the table.
func TestDedupeRoundTripSizes(t *testing.T) {
	d := NewDedupe(1000)
	last := uint64(0)
	for i := range uint64(50_000) {
		last += 0x9e3779b97f4a7c15
		d.Seen(last, int64(i/10))
	}
	b := d.Append(nil, 5000)
	if n := binary.BigEndian.Uint64(b); n < 10_000 || n > 10_010 {
		t.Errorf("%d sightings are written, want those of the last 1000 ms", n)
	}
	again := NewDedupe(1000)
	again.Read(wire.NewReader(b), 5000)
	if !again.Seen(last, 5000) || again.Seen(77, 5000) || again.used*8 > len(again.slots)*7 {
		t.Errorf("%d of %d slots are used", again.used, len(again.slots))
	}
}

func TestOffsetsRoundTrip(t *testing.T) {
	var o, got Offsets
	for i := range int64(50) {
		o.See(100+i*3, 5000+i*700)
	}
	r := wire.NewReader(o.Append(nil))
	if got.Read(r); !r.Done() || !slices.Equal(got.marks, o.marks) {
		t.Errorf("%v came back as %v", o.marks, got.marks)
	}
	r = wire.NewReader((&Offsets{marks: []mark{{2000, 5}, {1000, 6}}}).Append(nil))
	if got.Read(r); r.OK() {
		t.Error("marks that fall were accepted")
	}
}

var trails = Codec[trail]{
	Append: func(dst []byte, s *trail) []byte {
		dst = binary.AppendUvarint(dst, uint64(len(*s)))
		for _, off := range *s {
			dst = binary.AppendVarint(dst, off)
		}
		return dst
	},
	Read: func(r *wire.Reader) (s trail) {
		for range r.Count(1) {
			s = append(s, r.Varint())
		}
		return s
	},
}

func (s *Sessions[S]) all(c Codec[S]) []byte {
	return s.AppendResumed(s.AppendOpen(s.AppendHeld(nil, c), c))
}

// Sessions that come back go on as the original does.
func TestSessionsRoundTrip(t *testing.T) {
	spec := SessionSpec{Gap: 3 * time.Second, MaxSpan: 9 * time.Second, MaxEvents: 4}
	rapid.Check(t, func(t *rapid.T) {
		a, now, off := NewSessions(spec, join), int64(10_000), int64(0)
		a.Resume(Link{Key: 99, TS: 1, Off: 2, Low: Low{3, 4, 5}, Before: 6})
		hold := func(to ...*Sessions[trail]) {
			now += rapid.Int64Range(0, 1500).Draw(t, "pace")
			e := Event{
				Key: rapid.Uint64Range(1, 4).Draw(t, "key"), TS: now - rapid.Int64Range(0, 2000).Draw(t, "lag"),
				Low: Low{off, now, now - 1}, Join: rapid.IntRange(0, 5).Draw(t, "join") == 0,
			}
			for _, s := range to {
				s.Hold(e, trail{off})
			}
			off++
		}
		for range rapid.IntRange(0, 60).Draw(t, "before") {
			hold(a)
			a.Advance(now-2000, func(*Session[trail]) {})
		}
		b, r := NewSessions(spec, join), wire.NewReader(a.all(trails))
		b.ReadHeld(r, trails)
		b.ReadOpen(r, trails)
		if b.ReadResumed(r); !r.Done() || a.Held() != b.Held() || a.Open() != b.Open() || a.Low() != b.Low() || !reflect.DeepEqual(a.resume, b.resume) {
			t.Fatal("what came back differs")
		}
		for range 40 {
			hold(a, b)
			var x, y []ended
			a.Advance(now-2000, func(n *Session[trail]) { x = append(x, brief(n)) })
			b.Advance(now-2000, func(n *Session[trail]) { y = append(y, brief(n)) })
			if !slices.Equal(x, y) || a.Low() != b.Low() || len(a.Links()) != len(b.Links()) {
				t.Fatalf("at %d: %v of the original, %v of what came back", now, x, y)
			}
		}
	})
}

// FuzzWire reads damaged state; nothing may panic.
func FuzzWire(f *testing.F) {
	s := NewSessions(SessionSpec{Gap: time.Second, MaxSpan: time.Second, MaxEvents: 2}, join)
	for off := range int64(5) {
		s.Hold(Event{Key: uint64(off % 2), TS: off * 700, Low: Low{Off: off}}, trail{off})
	}
	s.Advance(2000, func(*Session[trail]) {})
	d := NewDedupe(10)
	d.Seen(5, 5)
	f.Add(s.all(trails))
	f.Add(d.Append(nil, 5))
	f.Fuzz(func(_ *testing.T, b []byte) {
		s := NewSessions(SessionSpec{Gap: time.Second, MaxSpan: time.Second, MaxEvents: 2}, join)
		r := wire.NewReader(b)
		s.ReadHeld(r, trails)
		s.ReadOpen(r, trails)
		if s.ReadResumed(r); r.OK() {
			s.Advance(5000, func(*Session[trail]) {})
		}
		d := NewDedupe(10)
		d.Read(wire.NewReader(b), 5)
		d.Seen(7, 7)
		new(Offsets).Read(wire.NewReader(b))
	})
}
