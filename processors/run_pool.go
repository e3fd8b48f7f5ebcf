package processors

import (
	"bytes"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

// recordPool lets the client use the memory of applied records again; a task may not keep a Value.
//
// Buffers come in two sizes, so that a batch of one record neither occupies nor zeroes a megabyte.
type recordPool struct {
	records, small, large sync.Pool
}

const (
	smallBatch = 64 << 10              // a buffer that holds most batches of a quiet topic
	largeBatch = 1<<20 + bytes.MinRead // and one that holds the batches of a busy one
)

// GetRecords implements kgo.PoolRecords.
func (p *recordPool) GetRecords(n int) []kgo.Record {
	if s, ok := p.records.Get().(*[]kgo.Record); ok && cap(*s) >= n {
		return (*s)[:0]
	}
	return make([]kgo.Record, 0, n)
}

// PutRecords implements kgo.PoolRecords.
func (p *recordPool) PutRecords(s []kgo.Record) { p.records.Put(&s) }

// GetDecompressBytes implements kgo.PoolDecompressBytes.
func (p *recordPool) GetDecompressBytes(compressed []byte, _ kgo.CompressionCodecType) []byte {
	pool, size := &p.large, largeBatch
	if len(compressed) < smallBatch/8 {
		pool, size = &p.small, smallBatch
	}
	if b, ok := pool.Get().(*[]byte); ok {
		return *b
	}
	return make([]byte, 0, size)
}

// PutDecompressBytes implements kgo.PoolDecompressBytes.
func (p *recordPool) PutDecompressBytes(b []byte) {
	if cap(b) > smallBatch {
		p.large.Put(&b)
		return
	}
	p.small.Put(&b)
}
