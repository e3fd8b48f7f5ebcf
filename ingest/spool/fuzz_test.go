package spool

import (
	"bytes"
	"testing"
)

// FuzzWalk: no bytes crash the segment reader or keep it from its end; what it takes and what it passes over cover the
// segment without gap; and the sound frames before and behind any garbage are found.
func FuzzWalk(f *testing.F) {
	f.Add([]byte(""))
	f.Add([]byte(magic))
	f.Add(appendFrame(nil, frame{at: 1, payload: []byte("x")}))
	f.Add(appendFrame(nil, frame{at: 1, payload: appendFrame(nil, frame{payload: []byte("nested")})})[1:])
	long := appendFrame(nil, frame{payload: []byte("cut")})
	f.Add(long[:len(long)-1])
	f.Fuzz(func(t *testing.T, garbage []byte) {
		first, last := frame{1, []byte("first")}, frame{2, []byte("last")}
		b := append(appendFrame(nil, first), garbage...)
		b = appendFrame(b, last)
		at, sawFirst, sawLast := int64(0), false, false
		walk(b, func(from int64, fr frame) {
			if from != at || !bytes.Equal(appendFrame(nil, fr), b[from:from+fr.size()]) {
				t.Fatalf("frame at %d, want %d: %q", from, at, fr.payload)
			}
			at += fr.size()
			sawFirst = sawFirst || from == 0 && string(fr.payload) == "first"
			sawLast = sawLast || at == int64(len(b)) && string(fr.payload) == "last"
		}, func(from, to int64) {
			if from != at || to <= from {
				t.Fatalf("damage from %d to %d, want from %d", from, to, at)
			}
			at = to
		})
		if at != int64(len(b)) || !sawFirst || !sawLast {
			t.Fatalf("ended at %d of %d, first %v, last %v", at, len(b), sawFirst, sawLast)
		}
	})
}
