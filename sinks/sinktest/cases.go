package sinktest

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"

	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks"
)

// kindBlock has four rows: zeros, the largest, the smallest, and awkward values.
func kindBlock() schemas.Block {
	const lowest, highest = math.MinInt64, math.MaxInt64
	awkward := "Ärger \x00 '; DROP \\ 点击率 \U0001F6D2 \u202e"
	return schemas.Block{
		Table: kindTable(), Rows: 4,
		Names: []string{"id", "at", "text", "label", "flag", "small", "octet", "count", "ratio", "price", "total", "tags", "numbers", "hashes", "prices", "histogram", "ids", "ver"},
		Data: []any{
			[]int64{lowest, -1, 0, highest},
			[]schemas.Millis{-2208988800000, 4102444799999, 0, 1700000000123}, // 1900, end of 2099, 1970, now
			[]string{"", awkward, string(make([]byte, 70_000)), "x"},
			[]string{"", awkward, "a", "a"},
			[]bool{false, true, true, false},
			[]int64{math.MinInt32, math.MaxInt32, 0, -1},
			[]int64{0, 255, 1, 128},
			[]uint64{0, math.MaxUint64, 1, highest},
			[]float64{math.NaN(), math.Inf(1), math.Inf(-1), math.SmallestNonzeroFloat64},
			[]schemas.Money{0, highest, lowest, -1},
			[]schemas.Decimal{{}, {Hi: 1<<62 - 1, Lo: math.MaxUint64}, {Hi: -1 << 62}, {Hi: -1, Lo: math.MaxUint64}}, // 0, 2^126-1, -2^126, -1
			[][]string{nil, {awkward, ""}, {""}, {"a", "b", "c"}},
			[][]int64{nil, {lowest, highest}, {0}, {1, 2, 3}},
			[][]uint64{nil, {0, math.MaxUint64}, {0}, {1, 2, 3}},
			[][]schemas.Money{nil, {lowest, highest}, {0}, {1, 2, 3}},
			[]map[int32]uint64{nil, {math.MinInt32: math.MaxUint64, math.MaxInt32: 0}, {0: 0}, {1: 2, 3: 4}},
			[][]uint64{nil, {1, 2, 3}, {math.MaxUint64}, {5, 5, 5}},
			[]uint64{0, math.MaxUint64, 1, 2},
		},
	}
}

func kinds(s *suite) {
	s.insert(kindBlock())
	s.expect(kindTable(), kindBlock())
}

func versions(s *suite) {
	const keys, inserts = 20, 8
	seed := rand.Uint64()
	s.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	newest := make([]uint64, keys)
	value := make([]string, keys)
	for n := range inserts {
		versions := fill(keys, func(int) uint64 { return random.Uint64N(1<<40)<<8 | uint64(n) }) // never equal
		v := fmt.Sprint("insert ", n)
		s.insert(pairs(fill(keys, key), versions, v))
		for i, ver := range versions {
			if ver > newest[i] {
				newest[i], value[i] = ver, v
			}
		}
	}
	want := pairs(fill(keys, key), newest, "")
	want.Data[1] = value
	s.expect(pairTable(), want)
}

func key(i int) string { return fmt.Sprintf("key %05d", i) }

func repeats(s *suite) {
	b := pairs([]string{"a", "b"}, []uint64{5, math.MaxUint64}, "same")
	s.insert(b)
	s.insert(b, b)
	s.insert(pairs([]string{"a"}, []uint64{4}, "older"))
	s.expect(pairTable(), b)
}

func mixed(s *suite) {
	other := pairs([]string{"c"}, []uint64{1}, "other")
	other.Table = otherTable()
	a, b := pairs([]string{"a", "b"}, []uint64{1, 1}, "first"), pairs([]string{"c", "d", "e"}, []uint64{1, 1, 1}, "second")
	s.insert(b, other, a, kindBlock())
	s.expect(pairTable(), a, b)
	s.expect(otherTable(), other)
	s.expect(kindTable(), kindBlock())
}

func partial(s *suite) {
	short := schemas.Block{Table: pairTable(), Rows: 1, Names: []string{"ver", "group"}, Data: []any{[]uint64{1}, []string{"b"}}}
	full := pairs([]string{"a"}, []uint64{1}, "x")
	s.insert(short, full)
	s.expect(pairTable(), full, short)
}

func empty(s *suite) {
	s.insert()
	s.insert(pairs(nil, []uint64{}, ""))
	s.insert(pairs(nil, []uint64{}, ""), pairs([]string{"a"}, []uint64{1}, "x"), pairs(nil, []uint64{}, ""))
	s.expect(pairTable(), pairs([]string{"a"}, []uint64{1}, "x"))
}

func big(s *suite) {
	const n = 50_000
	b := pairs(fill(n, key), fill(n, func(i int) uint64 { return uint64(i) }), "value")
	s.insert(b)
	s.expect(pairTable(), b)
}

func refusals(s *suite) {
	good := pairs([]string{"a"}, []uint64{1}, "x")
	change := func(f func(*schemas.Block)) schemas.Block {
		b := pairs([]string{"a"}, []uint64{9}, "bad")
		f(&b)
		return b
	}
	newer := pairTable()
	newer.Columns = append(newer.Columns, schemas.Column{Name: "added_later", Type: "String"})
	absent := pairTable()
	absent.Name = "no_such_table"
	s.refused("a table that the store lacks", change(func(b *schemas.Block) { b.Table = absent }))
	s.refused("a column that the store lacks", change(func(b *schemas.Block) {
		b.Table, b.Names, b.Data = newer, append(b.Names, "added_later"), append(b.Data, []string{"x"})
	}))
	s.refused("a column that the table lacks", change(func(b *schemas.Block) { b.Names = []string{"group", "value", "version"} }))
	s.refused("a column given twice", change(func(b *schemas.Block) { b.Names = []string{"group", "group", "ver"} }))
	s.refused("a column of another type", change(func(b *schemas.Block) { b.Data[1] = []int64{1} }))
	s.refused("a column too long", change(func(b *schemas.Block) { b.Data[1] = []string{"x", "y"} }))
	s.refused("fewer columns than names", change(func(b *schemas.Block) { b.Data = b.Data[:2] }))
	s.refused("no table", change(func(b *schemas.Block) { b.Table = nil }))
	s.refused("a Go type that no column takes", change(func(b *schemas.Block) { b.Data[1] = []any{"x"} }))
	s.insert(good)
	s.expect(pairTable(), good)
}

func cancelled(s *suite) {
	b := pairs([]string{"a"}, []uint64{1}, "x")
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	if err := s.store.Insert(ctx, []schemas.Block{b}); err == nil || sinks.Permanent(err) {
		s.Errorf("insert with a cancelled context: got %v, want an error that is not permanent", err)
	}
	if _, err := s.store.Watermark(ctx, "g", 1); err == nil || sinks.Permanent(err) {
		s.Errorf("watermark with a cancelled context: got %v, want an error that is not permanent", err)
	}
	s.insert(b)
	s.expect(pairTable(), b)
}

func concurrent(s *suite) {
	const writers, inserts, keys = 8, 5, 50
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range inserts {
				ver := uint64(i*writers + w)
				b := pairs(fill(keys, key), fill(keys, func(int) uint64 { return ver }), fmt.Sprint(ver))
				if err := s.store.Insert(s.Context(), []schemas.Block{b}); err != nil {
					s.Errorf("writer %d: %v", w, err)
				}
			}
		})
	}
	wg.Wait()
	const last = writers*inserts - 1
	s.expect(pairTable(), pairs(fill(keys, key), fill(keys, func(int) uint64 { return last }), fmt.Sprint(last)))
}

func watermarks(s *suite) {
	mark := func(group string, part, ver uint64, m schemas.Millis) processors.Mark {
		return processors.Mark{Group: group, Topic: "t", Partition: int32(part), Part: part, M: m, Ver: ver, At: 1}
	}
	want := func(group string, part uint64, m schemas.Millis) {
		s.Helper()
		if got, err := s.store.Watermark(s.Context(), group, part); err != nil || got != m {
			s.Errorf("watermark of %s, part %d: got %d, %v, want %d", group, part, got, err, m)
		}
	}
	want("fast", 1, 0)
	s.insert(processors.WatermarkBlock([]processors.Mark{
		mark("fast", 1, 10, 1_700_000_000_123), mark("fast", math.MaxUint64, 10, 5), mark("slow", 1, 99, 7),
	}))
	s.insert(processors.WatermarkBlock([]processors.Mark{mark("fast", 1, 12, 1_700_000_000_456)}))
	s.insert(processors.WatermarkBlock([]processors.Mark{mark("fast", 1, 11, 1_800_000_000_000)}))
	want("fast", 1, 1_700_000_000_456)
	want("fast", math.MaxUint64, 5)
	want("slow", 1, 7)
	want("it's", 1, 0)
}
