package agg

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"tidemark/processors/wire"
)

// state is what every aggregate offers.
type state interface {
	Append(dst []byte) []byte
	Read(r *wire.Reader)
}

// back reads what v wrote into a fresh aggregate, and whether that was all there was.
func back[T any, P interface {
	*T
	state
}](v P) (T, bool) {
	var got T
	r := wire.NewReader(v.Append(nil))
	P(&got).Read(r)
	return got, r.Done()
}

func TestStateRoundTrip(t *testing.T) {
	number := rapid.Int64()
	rapid.Check(t, func(t *rapid.T) {
		count, sum := Count{number.Draw(t, "n")}, Sum{number.Draw(t, "hi"), rapid.Uint64().Draw(t, "lo")}
		least, most := Min{number.Draw(t, "min")}, Max{number.Draw(t, "max")}
		last := Last{number.Draw(t, "v"), number.Draw(t, "at"), number.Draw(t, "off")}
		var f Funnel
		for i, n := range rapid.SliceOf(rapid.Int8Range(0, 9)).Draw(t, "steps") {
			f.Step(n, int64(i)*1000)
		}
		for name, ok := range map[string]bool{
			"count": same(back(&count))(count), "sum": same(back(&sum))(sum), "min": same(back(&least))(least),
			"max": same(back(&most))(most), "last": same(back(&last))(last), "funnel": same(back(&f))(f),
		} {
			if !ok {
				t.Fatalf("%s came back otherwise", name)
			}
		}
	})
}

func same[T comparable](got T, done bool) func(T) bool {
	return func(want T) bool { return done && got == want }
}

func TestSetsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var u Uniq
		var h Histogram
		for _, id := range rapid.SliceOf(rapid.Uint64()).Draw(t, "ids") {
			u.Add(id)
			h.Add(int64(id >> 1))
		}
		u2, ok := back(&u)
		if !ok || !reflect.DeepEqual(u2.IDs(), u.IDs()) || u2.Len() != u.Len() {
			t.Fatalf("%v came back as %v", u.IDs(), u2.IDs())
		}
		h2, ok := back(&h)
		if !ok || !reflect.DeepEqual(h2.Buckets(), h.Buckets()) || h2.Bytes() != h.Bytes() {
			t.Fatalf("%v came back as %v", h.Buckets(), h2.Buckets())
		}
		u2.Add(5) // what came back goes on
		h2.Add(5)
	})
}

// Damaged states are refused or read as something; nothing panics.
func FuzzRead(f *testing.F) {
	var u Uniq
	var h Histogram
	u.Add(3)
	h.Add(9)
	f.Add(u.Append(h.Append(nil)))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, s := range []state{new(Count), new(Sum), new(Min), new(Max), new(Last), new(Uniq), new(Histogram), new(Funnel)} {
			r := wire.NewReader(b)
			s.Read(r)
			if !r.OK() {
				continue
			}
			again := wire.NewReader(s.Append(nil))
			if s.Read(again); !again.Done() {
				t.Fatalf("%T of %x does not read back", s, b)
			}
		}
	})
}
