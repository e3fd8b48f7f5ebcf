package proctest

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"tidemark/schemas"
)

// place is a key of a table.
type place struct {
	metric string
	Key
}

// written is a row with the version it was written under.
type written struct {
	place
	ver uint64
}

// dirtyMark is a row of the dirty table.
type dirtyMark struct {
	metric string
	start  int64
	reason string
}

// tables is what a sink holds, with the semantics of ReplacingMergeTree(ver): the highest version of a key wins. It
// keeps every row ever written, because two rows with one key and one version must be equal.
type tables struct {
	newest  map[place]versioned
	history map[written]string
	order   []written // of history
	dirty   map[dirtyMark]bool
	m       int64 // of the watermarks table
	mVer    uint64
	clashes []clash
	era     int      // of the owner that inserts: accounts of different eras are different rows
	odd     []string // accounts that do not add up
}

// tombstone is the text of a row that is none.
const tombstone = "gone"

// clash is two different rows for one key and one version.
type clash struct {
	written
	a, b string
}

type versioned struct {
	ver  uint64
	text string
}

func newTables() *tables {
	return &tables{newest: map[place]versioned{}, history: map[written]string{}, dirty: map[dirtyMark]bool{}}
}

// insert stores a block.
func (t *tables) insert(b *schemas.Block) {
	if b.Table.Name == "dirty" {
		for i := range b.Rows {
			t.dirty[dirtyMark{column[string](b, "metric")[i], int64(column[schemas.Millis](b, "window_start")[i]), column[string](b, "reason")[i]}] = true
		}
		return
	}
	if b.Table.Name == accounts {
		t.insertAccounts(b)
		return
	}
	metric := strings.TrimPrefix(b.Table.Name, "m_")
	starts, vers := column[schemas.Millis](b, "window_start"), column[uint64](b, "ver")
	first := 1 // the first dimension's column
	last := first
	for b.Names[last] != "part" {
		last++
	}
	var gone []bool
	if b.Names[len(b.Names)-1] == "gone" {
		gone = column[bool](b, "gone")
	}
	for i := range b.Rows {
		var dims []string
		for c := first; c < last; c++ {
			dims = append(dims, b.Data[c].([]string)[i])
		}
		text := tombstone
		if gone == nil || !gone[i] {
			text = textOf(b, last+2, i)
		}
		t.put(written{place{metric, Key{int64(starts[i]), strings.Join(dims, DimSeparator)}}, vers[i]}, text)
	}
}

func (t *tables) put(w written, text string) {
	if old, ok := t.history[w]; ok && old != text {
		t.clashes = append(t.clashes, clash{w, old, text})
	}
	if _, ok := t.history[w]; !ok {
		t.order = append(t.order, w)
	}
	t.history[w] = text
	if w.ver >= t.newest[w.place].ver {
		t.newest[w.place] = versioned{w.ver, text}
	}
}

// watermark stores a row of the watermarks table.
func (t *tables) watermark(m int64, ver uint64) {
	if ver >= t.mVer {
		t.m, t.mVer = m, ver
	}
}

func (p place) String() string {
	return fmt.Sprintf("%s at %d of %q", p.metric, p.Start-begin, p.Dims)
}

func column[T any](b *schemas.Block, name string) []T {
	for i, n := range b.Names {
		if n == name {
			return b.Data[i].([]T)
		}
	}
	panic("no column " + name)
}

// textOf writes the values of a row as Row.Text does.
func textOf(b *schemas.Block, from, row int) string {
	var s []byte
	for c := from; c < len(b.Names); c++ {
		switch data := b.Data[c].(type) {
		case []int64:
			s = strconv.AppendInt(s, data[row], 10)
			if c+1 < len(b.Names) && b.Names[c+1] == b.Names[c]+"_at" {
				c++
				s = strconv.AppendInt(append(s, '@'), int64(b.Data[c].([]schemas.Millis)[row]), 10)
			}
		case []schemas.Decimal:
			v := new(big.Int).Lsh(big.NewInt(data[row].Hi), 64)
			s = v.Add(v, new(big.Int).SetUint64(data[row].Lo)).Append(s, 10)
		case []uint64:
			c++
			s = appendUniq(s, data[row], b.Data[c].([][]uint64)[row])
		case []map[int32]uint64:
			s = appendBuckets(s, data[row])
		case []bool: // the mark of tombstones, which this row is not
			continue
		default:
			panic(fmt.Sprintf("column %s: unexpected type %T", b.Names[c], data))
		}
		s = append(s, ' ')
	}
	return string(s)
}
