package wire

import (
	"encoding/binary"
	"math"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	var b []byte
	b = binary.AppendVarint(b, math.MinInt64)
	b = binary.AppendUvarint(b, math.MaxUint64)
	b = AppendText(b, "héllo")
	b = AppendText(b, "")
	b = AppendBool(AppendBool(b, true), false)
	b = binary.BigEndian.AppendUint32(b, 7)
	b = binary.BigEndian.AppendUint64(b, 8)
	b = AppendSized(b, func(dst []byte) []byte { return AppendText(dst, "inner") })
	r := NewReader(b)
	if v := r.Varint(); v != math.MinInt64 {
		t.Error(v)
	}
	if v := r.Uvarint(); v != math.MaxUint64 {
		t.Error(v)
	}
	if a, b := r.Text(), r.Text(); a != "héllo" || b != "" {
		t.Errorf("%q %q", a, b)
	}
	if !r.Bool() || r.Bool() || r.Uint32() != 7 || r.Uint64() != 8 {
		t.Error("fixed fields differ")
	}
	if in := r.Sized(); in.Text() != "inner" || !in.Done() {
		t.Error("the sized part differs")
	}
	if !r.Done() {
		t.Error("something is left, or was bad")
	}
}

// Every cut of a good text is noticed, and what was cut off reads as zero.
func TestCut(t *testing.T) {
	whole := AppendSized(AppendText(binary.AppendVarint(nil, 300), "abc"), func(dst []byte) []byte { return append(dst, 1, 2) })
	for n := range whole {
		r := NewReader(whole[:n])
		r.Varint()
		r.Text()
		r.Sized()
		if r.OK() {
			t.Errorf("%d of %d bytes pass", n, len(whole))
		}
		if r.Varint() != 0 || r.Text() != "" || r.Uint64() != 0 || r.Bool() {
			t.Errorf("%d bytes: something is read after the end", n)
		}
	}
}

// A damaged count must not ask for memory that the bytes do not justify.
func TestCountIsBounded(t *testing.T) {
	b := binary.AppendUvarint(nil, 4)
	if n := NewReader(append(b, make([]byte, 12)...)).Count(3); n != 4 {
		t.Errorf("%d elements fit, want 4", n)
	}
	if r := NewReader(append(b, make([]byte, 11)...)); r.Count(3) != 0 || r.OK() {
		t.Error("four elements of three bytes in eleven were accepted")
	}
	if r := NewReader(binary.AppendUvarint(nil, math.MaxUint64)); r.Count(1) != 0 || r.OK() {
		t.Error("an absurd count was accepted")
	}
	if r := NewReader([]byte{2}); r.Bool() || r.OK() {
		t.Error("2 is no bool")
	}
}
