package window

import (
	"encoding/binary"

	"tidemark/processors/wire"
)

// Codec writes the state of a session or of an event and reads it back.
type Codec[S any] struct {
	Append func(dst []byte, s *S) []byte
	Read   func(r *wire.Reader) S
}

// AppendHeld writes the events that wait for the watermark.
func (s *Sessions[S]) AppendHeld(dst []byte, c Codec[S]) []byte {
	dst = binary.AppendUvarint(dst, uint64(s.nHeld))
	for _, b := range s.held {
		for i := range b.hits {
			h := &b.hits[i]
			dst = binary.BigEndian.AppendUint64(dst, h.Key)
			dst = binary.AppendVarint(dst, h.TS)
			dst = wire.AppendBool(h.Low.Append(dst), h.Join)
			dst = c.Append(dst, &h.state)
		}
	}
	return dst
}

// ReadHeld takes back what AppendHeld wrote.
func (s *Sessions[S]) ReadHeld(r *wire.Reader, c Codec[S]) {
	for range r.Count(13) {
		e := Event{Key: r.Uint64(), TS: r.Varint(), Low: ReadLow(r), Join: r.Bool()}
		state := c.Read(r)
		if !r.OK() {
			return
		}
		s.Hold(e, state)
	}
}

// AppendOpen writes the open sessions, and up to when events have been folded.
func (s *Sessions[S]) AppendOpen(dst []byte, c Codec[S]) []byte {
	dst = binary.AppendVarint(dst, s.upTo)
	dst = binary.AppendUvarint(dst, uint64(len(s.open)))
	for _, n := range s.open {
		dst = binary.BigEndian.AppendUint64(dst, n.key)
		dst = binary.AppendVarint(dst, n.First)
		dst = binary.AppendVarint(dst, n.Last-n.First)
		dst = binary.AppendVarint(dst, int64(n.Events))
		dst = binary.AppendVarint(dst, n.Low.Off)
		dst = binary.AppendVarint(dst, n.Low.At-n.First)
		dst = binary.AppendVarint(dst, n.Low.M-n.First)
		dst = binary.AppendVarint(dst, n.off-n.Low.Off)
		dst = binary.AppendVarint(dst, n.newest-n.Low.Off)
		dst = binary.AppendVarint(dst, n.before)
		dst = binary.AppendVarint(dst, n.First-n.root)
		dst = c.Append(dst, &n.State)
	}
	return dst
}

// ReadOpen takes back what AppendOpen wrote.
func (s *Sessions[S]) ReadOpen(r *wire.Reader, c Codec[S]) {
	s.upTo = r.Varint()
	for range r.Count(18) {
		n := readSession[S](r)
		n.State = c.Read(r)
		if !r.OK() || s.open[n.key] != nil {
			r.Fail()
			return
		}
		s.open[n.key] = n
		s.expireAt(n)
	}
}

func readSession[S any](r *wire.Reader) *Session[S] {
	n := &Session[S]{key: r.Uint64(), First: r.Varint()}
	n.Last = n.First + r.Varint()
	n.Events = int(r.Varint())
	n.Low = Low{Off: r.Varint(), At: n.First + r.Varint(), M: n.First + r.Varint()}
	n.off, n.newest, n.before = n.Low.Off+r.Varint(), n.Low.Off+r.Varint(), r.Varint()
	n.root = n.First - r.Varint()
	return n
}

// AppendResumed writes the links at which a replay takes chains up and that it has not reached.
func (s *Sessions[S]) AppendResumed(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s.resume)))
	for _, l := range s.resume {
		dst = l.Append(dst)
	}
	return dst
}

// ReadResumed takes back what AppendResumed wrote, in place of all links there were.
func (s *Sessions[S]) ReadResumed(r *wire.Reader) {
	clear(s.resume)
	for range r.Count(LinkLeast) {
		s.Resume(ReadLink(r))
	}
}

// LinkLeast is the fewest bytes that a Link takes.
const LinkLeast = 14

// Append writes the link.
func (l Link) Append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, l.Key)
	dst = binary.AppendVarint(binary.AppendVarint(dst, l.TS), l.Off)
	return binary.AppendVarint(l.Low.Append(dst), l.Before)
}

// ReadLink takes back what Append wrote.
func ReadLink(r *wire.Reader) Link {
	return Link{Key: r.Uint64(), TS: r.Varint(), Off: r.Varint(), Low: ReadLow(r), Before: r.Varint()}
}
