package wire

import "encoding/binary"

// Reader takes fields off the front; after the first bad one everything reads as zero.
type Reader struct {
	rest []byte
	bad  bool
}

// NewReader reads b, which must not change meanwhile.
func NewReader(b []byte) *Reader { return &Reader{rest: b} }

// OK reports whether everything was good so far.
func (r *Reader) OK() bool { return !r.bad }

// Done reports whether everything was good and nothing is left.
func (r *Reader) Done() bool { return !r.bad && len(r.rest) == 0 }

// Len is the number of bytes left to read.
func (r *Reader) Len() int { return len(r.rest) }

// Fail marks what was read as bad, for a field that has no valid meaning.
func (r *Reader) Fail() { r.bad, r.rest = true, nil }

// Varint reads what binary.AppendVarint wrote.
func (r *Reader) Varint() int64 {
	v, n := binary.Varint(r.rest)
	if !r.skip(n) {
		return 0
	}
	return v
}

// Uvarint reads what binary.AppendUvarint wrote.
func (r *Reader) Uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	if !r.skip(n) {
		return 0
	}
	return v
}

// Count reads the length of a list whose elements take at least so many bytes each, so that a damaged count cannot ask
// for much memory.
func (r *Reader) Count(atLeast int) int {
	v := r.Uvarint()
	if v > uint64(len(r.rest)/atLeast) {
		r.Fail()
		return 0
	}
	return int(v)
}

// Uint32 reads four bytes, the highest first.
func (r *Reader) Uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

// Uint64 reads eight bytes, the highest first.
func (r *Reader) Uint64() uint64 {
	if b := r.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

// Bool reads what AppendBool wrote.
func (r *Reader) Bool() bool {
	b := r.take(1)
	if b == nil {
		return false
	}
	if b[0] > 1 {
		r.Fail()
	}
	return b[0] == 1
}

// Text reads what AppendText wrote, as a copy.
func (r *Reader) Text() string { return string(r.take(r.Count(1))) }

// Sized reads what AppendSized wrote, to be read on its own; it shares its bytes.
func (r *Reader) Sized() *Reader {
	n := r.Uint32()
	if uint64(n) > uint64(len(r.rest)) {
		r.Fail()
		n = 0
	}
	return &Reader{rest: r.take(int(n)), bad: r.bad}
}

// Bytes reads the n bytes in front; they are shared. It returns nil where there are fewer.
func (r *Reader) Bytes(n int) []byte { return r.take(n) }

func (r *Reader) take(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.Fail()
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *Reader) skip(n int) bool {
	if n <= 0 || n > len(r.rest) {
		r.Fail()
		return false
	}
	r.rest = r.rest[n:]
	return true
}
