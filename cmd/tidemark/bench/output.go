package bench

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"

	"tidemark/processors/agg"
	"tidemark/schemas"
)

// dims is the dimension that each query splits by.
var dims = map[string]string{"q1": "campaign", "q2": "channel", "q3": "channel", "q4": "campaign"}

// cell is one row of the answer, merged over the partitions.
type cell struct {
	start  schemas.Millis
	key    string
	counts []int64
	money  schemas.Decimal
	ids    [2]agg.Uniq
}

type cellKey struct {
	start schemas.Millis
	key   string
}

// rowReader calls f with every stored row of a table, the newest version of each.
type rowReader func(table string, f func(b *schemas.Block, row int))

// write merges the rows of a query over the partitions and writes them as tab-separated lines.
func write(out io.Writer, query string, rows rowReader) error {
	cells := map[cellKey]*cell{}
	rows("m_bench_"+query, func(b *schemas.Block, row int) { merge(cells, query, b, row) })
	all := make([]*cell, 0, len(cells))
	for _, c := range cells {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *cell) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.key, b.key)) })
	w := bufio.NewWriter(out)
	for _, c := range all {
		c.line(w, query)
	}
	return w.Flush()
}

func merge(cells map[cellKey]*cell, query string, b *schemas.Block, row int) {
	col := func(name string) any { return b.Data[slices.Index(b.Names, name)] }
	k := cellKey{col("window_start").([]schemas.Millis)[row], col(dims[query]).([]string)[row]}
	c := cells[k]
	if c == nil {
		c = &cell{start: k.start, key: k.key, counts: make([]int64, 4)}
		cells[k] = c
	}
	for i, name := range countsOf(query) {
		c.counts[i] += col(name).([]int64)[row]
	}
	if query == "q2" {
		c.money = c.money.Plus(col("revenue").([]schemas.Decimal)[row])
		for i, name := range []string{"users_ids", "sessions_ids"} {
			for _, id := range col(name).([][]uint64)[row] {
				c.ids[i].Add(id)
			}
		}
	}
}

func countsOf(query string) []string {
	switch query {
	case "q2":
		return []string{"purchases"}
	case "q3":
		return []string{"sessions", "bounces", "pages", "dwell_ms"}
	default:
		return []string{"impressions", "clicks"}
	}
}

func (c *cell) line(w io.Writer, query string) {
	ratio := func(num, den int64) float64 {
		if den == 0 {
			return 0
		}
		return float64(num) / float64(den)
	}
	switch n := c.counts; query {
	case "q2":
		users, sessions := c.ids[0].Len(), c.ids[1].Len()
		fmt.Fprintf(w, "%d\t%s\t%d\t%d\t%d\t%s\t%g\n", c.start, c.key, users, sessions, n[0], c.money, ratio(n[0], int64(sessions)))
	case "q3":
		fmt.Fprintf(w, "%d\t%s\t%d\t%d\t%d\t%d\t%g\n", c.start, c.key, n[0], n[1], n[2], n[3], ratio(n[1], n[0]))
	default:
		fmt.Fprintf(w, "%d\t%s\t%d\t%d\t%g\n", c.start, c.key, n[0], n[1], ratio(n[1], n[0]))
	}
}
