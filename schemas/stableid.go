package schemas

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// StableID is a 128-bit hash of its parts, in hex: the id of an event that several senders may report each in its own
// words, or one sender several times. Every part is preceded by its length, so that no two lists of parts run together.
func StableID(parts ...string) string {
	h := sha256.New()
	var n [4]byte
	for _, p := range parts {
		binary.BigEndian.PutUint32(n[:], uint32(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	var sum [sha256.Size]byte
	return hex.EncodeToString(h.Sum(sum[:0])[:16])
}
