package processors

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/processors/wire"
)

// castagnoli is the polynomial of every checksum here; it never changes.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errNoChunk says that a record is not the chunk it should be.
var errNoChunk = errors.New("not a chunk of the snapshot")

// chunkVersion opens the value of every chunk.
const chunkVersion = 1

// snapshotKey names one of the two snapshots that the topic keeps for a part and group after compaction.
func snapshotKey(group string, a Assignment, slot uint8) string {
	return fmt.Sprintf("%s/%s/%d/%016x/%d", group, a.Topic, a.Partition, a.Part, slot)
}

// chunksOf cuts a packed snapshot into records. Chunk n always has the same key, so that a compacted topic keeps the
// newest one.
func chunksOf(packed []byte, key string, sum uint32) (recs []*kgo.Record) {
	for n := 0; n == 0 || len(packed) > 0; n++ {
		data := packed[:min(chunkBytes, len(packed))]
		packed = packed[len(data):]
		v := make([]byte, 0, len(data)+16)
		v = binary.BigEndian.AppendUint32(append(v, chunkVersion), sum)
		v = binary.AppendUvarint(v, uint64(n))
		v = binary.BigEndian.AppendUint32(v, crc32.Checksum(data, castagnoli))
		recs = append(recs, &kgo.Record{Key: fmt.Appendf(nil, "%s/%d", key, n), Value: append(v, data...)})
	}
	return recs
}

// chunks gathers a snapshot's chunks.
type chunks struct {
	ref  *SnapshotRef
	data [][]byte
	have int
}

func newChunks(ref *SnapshotRef) *chunks {
	return &chunks{ref: ref, data: make([][]byte, ref.Chunks)}
}

// add takes the value of a record. It passes over chunks of other snapshots, and refuses a damaged one.
func (c *chunks) add(value []byte) error {
	r := wire.NewReader(value)
	version, sum, n, crc := r.Bytes(1), r.Uint32(), r.Uvarint(), r.Uint32()
	switch {
	case !r.OK() || version[0] != chunkVersion:
		return errNoChunk
	case sum != c.ref.Sum:
		return nil
	case n >= uint64(len(c.data)) || c.data[n] != nil:
		return errNoChunk
	}
	data := r.Bytes(r.Len())
	if crc32.Checksum(data, castagnoli) != crc {
		return fmt.Errorf("%w: checksum of chunk %d", ErrSnapshotDamaged, n)
	}
	c.data[n] = data
	c.have++
	return nil
}

func (c *chunks) complete() bool { return c.have == len(c.data) }

// packed joins the chunks.
func (c *chunks) packed() ([]byte, error) {
	var all []byte
	for _, d := range c.data {
		all = append(all, d...)
	}
	if crc32.Checksum(all, castagnoli) != c.ref.Sum {
		return nil, fmt.Errorf("%w: checksum", ErrSnapshotDamaged)
	}
	return all, nil
}
