package processors

import (
	"bytes"
	"math/bits"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

// recordPool lets the client use the memory of applied records again; a task may not keep a Value.
//
// Buffers come in sizes of powers of two, so that a batch of one record does not occupy what a full one needs: thousands
// of small batches may wait in a queue whose bound counts the bytes of their records.
type recordPool struct {
	records sync.Pool
	buffers [64]sync.Pool // the n-th holds buffers of at least 1<<n bytes and the margin
}

// margin is what a decompressor wants free at the end of its buffer.
const margin = bytes.MinRead

// ratio is how much smaller than their events compressed batches are taken to be. A buffer that turns out too small is
// grown, and comes back to a pool of its new size.
const ratio = 3

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
	class := bits.Len(uint(ratio * len(compressed)))
	if b, ok := p.buffers[class].Get().(*[]byte); ok {
		return *b
	}
	return make([]byte, 0, 1<<class+margin)
}

// PutDecompressBytes implements kgo.PoolDecompressBytes.
func (p *recordPool) PutDecompressBytes(b []byte) {
	if room := cap(b) - margin; room > 0 {
		p.buffers[bits.Len(uint(room))-1].Put(&b)
	}
}
