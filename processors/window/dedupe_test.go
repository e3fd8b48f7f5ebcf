package window

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// naive remembers every sighting for ever.
type naive struct {
	horizon int64
	last    map[uint64]int64
}

func (n *naive) seen(id uint64, at int64) bool {
	before, ok := n.last[id]
	n.last[id] = at
	return ok && at-before <= n.horizon
}

func TestDedupeBounds(t *testing.T) {
	for name, c := range map[string]struct {
		at   []int64 // sightings of one id; horizon 100
		want []bool
	}{
		"first":                    {[]int64{5}, []bool{false}},
		"same time":                {[]int64{5, 5}, []bool{false, true}},
		"at the horizon":           {[]int64{5, 105}, []bool{false, true}},
		"beyond the horizon":       {[]int64{5, 106}, []bool{false, false}},
		"refreshed by a copy":      {[]int64{5, 105, 205, 305}, []bool{false, true, true, true}},
		"refreshed, then too late": {[]int64{5, 105, 206}, []bool{false, true, false}},
		"below zero":               {[]int64{-500, -450, -349}, []bool{false, true, false}},
	} {
		d := NewDedupe(100)
		for i, at := range c.at {
			if got := d.Seen(42, at); got != c.want[i] {
				t.Errorf("%s: sighting %d at %d is a duplicate: %v", name, i, at, got)
			}
		}
	}
}

func TestDedupeZeroID(t *testing.T) {
	d := NewDedupe(100)
	if d.Seen(0, 1) {
		t.Error("the first sighting of id 0 is a duplicate")
	}
	if !d.Seen(0, 2) {
		t.Error("the second is not")
	}
}

func TestDedupeLikeNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		horizon := rapid.Int64Range(0, 300).Draw(t, "horizon")
		d, n := NewDedupe(horizon), &naive{horizon, map[uint64]int64{}}
		at := rapid.Int64Range(-1000, 1000).Draw(t, "start")
		for range rapid.IntRange(0, 300).Draw(t, "sightings") {
			at += rapid.Int64Range(0, 20).Draw(t, "pause")
			// Ids that share their low bits probe the same slots.
			id := rapid.Uint64Range(1, 30).Draw(t, "id") << rapid.SampledFrom([]int{0, 10, 40}).Draw(t, "shift")
			if got, want := d.Seen(id, at), n.seen(id, at); got != want {
				t.Fatalf("id %d at %d: %v, want %v", id, at, got, want)
			}
		}
	})
}

// Three million sightings: the table grows, drops what has expired and shrinks again.
func TestDedupeOverManyRebuilds(t *testing.T) {
	const horizon = 60_000
	r := rand.New(rand.NewPCG(1, 1))
	d, n := NewDedupe(horizon), &naive{horizon, map[uint64]int64{}}
	at, next, largest := int64(0), uint64(0), int64(0)
	for i := range 3_000_000 {
		// Bursts and lulls, so that the number of live ids rises and falls by a factor of a thousand.
		if (i/500_000)%2 == 0 || i%50 == 0 {
			at += r.Int64N(2)
		}
		if i%500_000 == 0 {
			at += 4 * horizon
		}
		if i%2 == 0 {
			next++
		}
		id := (next - min(next-1, uint64(r.Int64N(100_000)))) * 0x9e3779b97f4a7c15
		if r.IntN(3) > 0 {
			id = next * 0x9e3779b97f4a7c15
		}
		if got, want := d.Seen(id, at), n.seen(id, at); got != want {
			t.Fatalf("sighting %d of id %x at %d: %v, want %v", i, id, at, got, want)
		}
		largest = max(largest, d.Bytes())
	}
	at += 4 * horizon
	for i := range uint64(2_000_000) {
		d.Seen(^i*0x9e3779b97f4a7c15, at+int64(i)*horizon/100)
	}
	if d.Bytes() >= largest/4 {
		t.Errorf("%d bytes are held for 100 live ids, %d at the peak", d.Bytes(), largest)
	}
}

func BenchmarkDedupeSeen(b *testing.B) {
	d := NewDedupe(600_000)
	id, at := uint64(1), int64(0)
	for b.Loop() {
		id = id*6364136223846793005 + 1442695040888963407
		at++
		d.Seen(id, at)
	}
}
