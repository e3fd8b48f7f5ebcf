package processors

import (
	"encoding/binary"
	"slices"

	"tidemark/processors/window"
	"tidemark/processors/wire"
)

// sections lists the stream's state; lastAt is the append time of the last record.
func (t *typedStream[E]) sections(lastAt *int64) []section {
	all := []section{
		{'d', func(dst []byte) []byte { return t.appendSeen(dst, *lastAt) }, func(r *wire.Reader) { t.readSeen(r, *lastAt) }},
		{'w', t.appendStores, t.readStores},
	}
	for _, share := range []struct {
		tag    byte
		append func(stage[E], []byte) []byte
		read   func(stage[E], *wire.Reader)
	}{
		{'h', stage[E].appendHeld, stage[E].readHeld},
		{'s', stage[E].appendOpen, stage[E].readOpen},
		{'l', stage[E].appendLinks, stage[E].readLinks},
	} {
		all = append(all, section{share.tag, func(dst []byte) []byte {
			for _, s := range t.stages {
				dst = share.append(s, dst)
			}
			return dst
		}, func(r *wire.Reader) {
			for _, s := range t.stages {
				share.read(s, r)
			}
		}})
	}
	return all
}

func (t *typedStream[E]) writable() bool {
	return !slices.ContainsFunc(t.stages, func(s stage[E]) bool { return !s.writable() })
}

func (t *typedStream[E]) appendSeen(dst []byte, now int64) []byte {
	if t.seen == nil {
		return dst
	}
	return t.seen.Append(dst, now)
}

func (t *typedStream[E]) readSeen(r *wire.Reader, now int64) {
	if t.seen != nil {
		t.seen.Read(r, now)
	}
}

func (t *typedStream[E]) appendStores(dst []byte) []byte {
	for _, s := range t.stores() {
		dst = s.append(dst)
	}
	return dst
}

func (t *typedStream[E]) readStores(r *wire.Reader) {
	for _, s := range t.stores() {
		s.read(r)
	}
}

func (s *sessionStage[E, S]) codec() window.Codec[S] {
	return window.Codec[S]{Append: s.def.Append, Read: s.def.Read}
}

func (s *sessionStage[E, S]) writable() bool { return s.def.Append != nil && s.def.Read != nil }

func (s *sessionStage[E, S]) appendHeld(dst []byte) []byte { return s.set.AppendHeld(dst, s.codec()) }

func (s *sessionStage[E, S]) readHeld(r *wire.Reader) { s.set.ReadHeld(r, s.codec()) }

func (s *sessionStage[E, S]) appendOpen(dst []byte) []byte {
	return s.set.AppendOpen(binary.AppendVarint(dst, s.foldTo), s.codec())
}

func (s *sessionStage[E, S]) readOpen(r *wire.Reader) {
	s.foldTo = r.Varint()
	s.set.ReadOpen(r, s.codec())
}

func (s *sessionStage[E, S]) appendLinks(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s.links)))
	for i := range s.links {
		dst = binary.AppendVarint(s.links[i].Append(dst), s.links[i].until)
	}
	return s.set.AppendResumed(dst)
}

func (s *sessionStage[E, S]) readLinks(r *wire.Reader) {
	s.links = nil
	for range r.Count(window.LinkLeast + 1) {
		s.links = append(s.links, link{Link: window.ReadLink(r), until: r.Varint()})
	}
	s.set.ReadResumed(r)
}
