package processors

import (
	"encoding/base64"
	"encoding/binary"

	"tidemark/processors/wire"
)

// SnapshotRef says which records of the snapshot topic hold a snapshot. It is committed with a position, so that nobody
// has to search a compacted topic for the newest snapshot.
type SnapshotRef struct {
	Partition   int32  // of the snapshot topic
	First, Last int64  // offsets of the first and the last chunk; records of others may lie between
	Chunks      int    // number of chunks
	Next        int64  // offset of the first record that the snapshot does not contain
	Sum         uint32 // CRC-32C of all chunks together
	Slot        uint8  // which of the two sets of keys holds it; the next one goes to the other
}

// refSeparator stands between a position and its SnapshotRef. Base64 has no such sign.
const refSeparator = "."

// encodeRef writes the pointer as the end of a commit's metadata for the committed offset c; nothing for nil.
func encodeRef(ref *SnapshotRef, c int64) string {
	if ref == nil {
		return ""
	}
	b := binary.AppendUvarint(nil, uint64(ref.Partition))
	b = binary.AppendUvarint(b, uint64(ref.First))
	b = binary.AppendUvarint(b, uint64(ref.Last-ref.First))
	b = binary.AppendUvarint(b, uint64(ref.Chunks))
	b = binary.AppendVarint(b, ref.Next-c)
	b = binary.BigEndian.AppendUint32(b, ref.Sum)
	b = append(b, ref.Slot)
	b = binary.BigEndian.AppendUint32(b, positionSum(c, b))
	return refSeparator + base64.RawURLEncoding.EncodeToString(b)
}

// decodeRef reads what encodeRef wrote behind the separator. What cannot be read is no pointer: the log is replayed.
func decodeRef(text string, c int64) *SnapshotRef {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) < 4 || binary.BigEndian.Uint32(b[len(b)-4:]) != positionSum(c, b[:len(b)-4]) {
		return nil
	}
	return readRef(b[:len(b)-4], c)
}

func readRef(b []byte, c int64) *SnapshotRef {
	const most = 1 << 40 // keeps sums of offsets from overflowing
	r := wire.NewReader(b)
	partition, first, span, chunks := r.Uvarint(), r.Uvarint(), r.Uvarint(), r.Uvarint()
	ref := SnapshotRef{Partition: int32(partition), First: int64(first), Last: int64(first + span), Chunks: int(chunks)}
	ref.Next, ref.Sum = c+r.Varint(), r.Uint32()
	if slot := r.Bytes(1); slot != nil {
		ref.Slot = slot[0]
	}
	if !r.Done() || partition > 1<<20 || first > most || span > most || chunks < 1 || chunks > maxChunks || chunks > span+1 || ref.Next < 0 || ref.Slot > 1 {
		return nil
	}
	return &ref
}

// A snapshot's chunks stay below Kafka's usual limit of 1 MB for a record, and its size below 1 GiB.
const (
	chunkBytes = 512 << 10
	maxChunks  = 2048
)
