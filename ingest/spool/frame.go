package spool

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// A frame is one entry on disk, all numbers little-endian:
//
//	magic 4 | length of the payload 4 | CRC-32C of length, time and payload 4 | time 8, Unix ms | payload
//
// The magic lets a reader find the next frame behind damage. It is no UTF-8, so no text in a payload can pass for one.
const (
	magic      = "\xfftm\xfe"
	headerSize = 20
	// MaxEntry is the longest entry in bytes. A longer length in a frame is damage.
	MaxEntry = 16 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// frame is an entry with the time at which it was appended, in Unix milliseconds. The payload lies in what was read.
type frame struct {
	at      int64
	payload []byte
}

// size is the frame's length on disk.
func (f frame) size() int64 { return headerSize + int64(len(f.payload)) }

// appendFrame encodes f behind dst.
func appendFrame(dst []byte, f frame) []byte {
	begin := len(dst)
	dst = append(dst, magic...)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(f.payload)))
	dst = append(dst, 0, 0, 0, 0)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(f.at))
	dst = append(dst, f.payload...)
	binary.LittleEndian.PutUint32(dst[begin+8:], checksum(dst[begin:]))
	return dst
}

// checksum of a whole frame.
func checksum(b []byte) uint32 {
	sum := crc32.Update(0, castagnoli, b[4:8])
	return crc32.Update(sum, castagnoli, b[12:])
}

// parseFrame reads the frame at the start of b; ok says whether there is a whole and sound one.
func parseFrame(b []byte) (f frame, ok bool) {
	n, ok := frameSize(b)
	if !ok || int64(len(b)) < n || binary.LittleEndian.Uint32(b[8:]) != checksum(b[:n]) {
		return frame{}, false
	}
	return frame{at: int64(binary.LittleEndian.Uint64(b[12:])), payload: b[headerSize:n]}, true
}

// frameSize reads how long the frame at the start of b says it is; ok is false where that cannot be true.
func frameSize(b []byte) (n int64, ok bool) {
	if len(b) < headerSize || string(b[:4]) != magic {
		return 0, false
	}
	length := binary.LittleEndian.Uint32(b[4:])
	return headerSize + int64(length), length <= MaxEntry
}

// nextFrame is where the first sound frame behind a damaged one at the start of b begins; len(b) where there is none.
func nextFrame(b []byte) int {
	for at := 1; at < len(b); at++ {
		found := bytes.Index(b[at:], []byte(magic))
		if found < 0 {
			break
		}
		at += found
		if _, ok := parseFrame(b[at:]); ok {
			return at
		}
	}
	return len(b)
}

// walk calls use for every sound frame of b with its offset, and damaged for every stretch between them that is none. The
// stretches are in order and cover b.
func walk(b []byte, use func(at int64, f frame), damaged func(from, to int64)) {
	for at := 0; at < len(b); {
		if f, ok := parseFrame(b[at:]); ok {
			use(int64(at), f)
			at += int(f.size())
			continue
		}
		next := at + nextFrame(b[at:])
		damaged(int64(at), int64(next))
		at = next
	}
}
