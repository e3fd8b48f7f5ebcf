package proctest

import (
	"maps"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"

	"tidemark/processors"
	"tidemark/schemas"
)

func millis(t int64) schemas.Millis { return schemas.Millis(t) }

// Cell is the value of one measure in one row.
type Cell struct {
	Kind    processors.Kind
	Int     int64            // count, sum, min, max, last, number of distinct ids
	At      int64            // event time of the last
	Money   *big.Int         // micro-units
	IDs     []uint64         // hashes of the distinct ids of a closed window, rising
	Buckets map[int32]uint64 // of a quantile
}

// measure computes a cell from everything that it counts.
func measure(kind processors.Kind, m processors.PlainMeasure, items []item, closed bool, o Options) Cell {
	c := Cell{Kind: kind}
	var vals []int64
	var last []item
	ids := map[string]bool{}
	for _, it := range items {
		if !m.Where(it.v) {
			continue
		}
		c.Int++
		last = append(last, it)
		if m.Int != nil {
			vals = append(vals, m.Int(it.v))
		}
		if m.ID != nil && m.ID(it.v) != "" {
			ids[strings.Clone(m.ID(it.v))] = true
		}
	}
	switch kind {
	case processors.KindSum:
		c.Int = total(vals).Int64()
	case processors.KindMoney:
		c.Money = total(vals)
	case processors.KindMin:
		c.Int = slices.Min(append(vals, math.MaxInt64))
	case processors.KindMax:
		c.Int = slices.Max(append(vals, math.MinInt64))
	case processors.KindUniq:
		c.uniq(ids, closed)
	case processors.KindQuantile:
		c.Buckets = histogram(vals)
	case processors.KindLast:
		c.last(m, last, o)
	}
	return c
}

func total(vals []int64) *big.Int {
	sum := new(big.Int)
	for _, v := range vals {
		sum.Add(sum, big.NewInt(v))
	}
	return sum
}

func (c *Cell) uniq(ids map[string]bool, closed bool) {
	c.Int = int64(len(ids))
	if !closed {
		return
	}
	for id := range ids {
		c.IDs = append(c.IDs, xxhash.Sum64String(id))
	}
	slices.Sort(c.IDs)
}

// last takes the latest by (time, offset); of what is equal in both, the one counted last.
func (c *Cell) last(m processors.PlainMeasure, items []item, o Options) {
	c.Int = 0
	if len(items) == 0 {
		return
	}
	best := items[0]
	for _, it := range items {
		if o.Broken == LastByArrival || it.ts > best.ts || it.ts == best.ts && it.off >= best.off {
			best = it
		}
	}
	c.Int, c.At = m.Int(best.v), best.ts
}

// histogram finds each value's bucket by multiplying: bucket i ends at gamma to the power of i.
func histogram(vals []int64) map[int32]uint64 {
	const gamma = 1.01 / 0.99
	h := map[int32]uint64{}
	for _, v := range vals {
		bucket := int32(math.MinInt32)
		if v > 0 {
			bucket = 0
			for bound := 1.0; bound < float64(v); bound *= gamma {
				bucket++
			}
		}
		h[bucket]++
	}
	return h
}

// Text writes the values of a row so that equal rows have equal texts.
func (r *Row) Text() string {
	var b []byte
	for i := range r.Cells {
		b = append(r.Cells[i].append(b), ' ')
	}
	return string(b)
}

func (c *Cell) append(b []byte) []byte {
	switch c.Kind {
	case processors.KindMoney:
		return c.Money.Append(b, 10)
	case processors.KindUniq:
		return appendUniq(b, uint64(c.Int), c.IDs)
	case processors.KindQuantile:
		return appendBuckets(b, c.Buckets)
	case processors.KindLast:
		return strconv.AppendInt(append(strconv.AppendInt(b, c.Int, 10), '@'), c.At, 10)
	}
	return strconv.AppendInt(b, c.Int, 10)
}

func appendUniq(b []byte, n uint64, ids []uint64) []byte {
	b = append(strconv.AppendUint(b, n, 10), '[')
	for _, id := range ids {
		b = append(strconv.AppendUint(b, id, 36), ',')
	}
	return append(b, ']')
}

func appendBuckets(b []byte, h map[int32]uint64) []byte {
	for _, i := range slices.Sorted(maps.Keys(h)) {
		b = append(strconv.AppendInt(b, int64(i), 10), ':')
		b = append(strconv.AppendUint(b, h[i], 10), ',')
	}
	return append(b, ';')
}
