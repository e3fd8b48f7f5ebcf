package recompute

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/processors/proctest"
	"tidemark/sinks/clickhouse"
)

// tableRow is a row of a metric's table, its measures written out.
type tableRow struct {
	Start int64    `ch:"start"`
	Part  uint64   `ch:"part"`
	Dims  []string `ch:"dims"`
	Vals  []string `ch:"vals"`
	Ver   uint64   `ch:"ver"`
}

// measureSQL writes a measure out as measureText does.
func measureSQL(m processors.MeasureSpec) string {
	switch m.Kind {
	case processors.KindMoney:
		return fmt.Sprintf("toString(toInt128(%s * 1000000))", m.Name)
	case processors.KindUniq:
		return fmt.Sprintf("concat(toString(%[1]s), '/', toString(finalizeAggregation(%[1]s_state)))", m.Name)
	case processors.KindQuantile:
		return fmt.Sprintf("toString(arraySort(arrayZip(mapKeys(%[1]s), mapValues(%[1]s))))", m.Name)
	case processors.KindLast:
		return fmt.Sprintf("concat(toString(%[1]s), '@', toString(toUnixTimestamp64Milli(%[1]s_at)))", m.Name)
	}
	return "toString(" + m.Name + ")"
}

func measureText(c proctest.Cell) string {
	switch c.Kind {
	case processors.KindMoney:
		return c.Money.String()
	case processors.KindUniq:
		return fmt.Sprintf("%d/%d", c.Int, len(c.IDs))
	case processors.KindQuantile:
		var list []string
		for _, k := range slices.Sorted(maps.Keys(c.Buckets)) {
			list = append(list, fmt.Sprintf("(%d,%d)", k, c.Buckets[k]))
		}
		return "[" + strings.Join(list, ",") + "]"
	case processors.KindLast:
		return fmt.Sprintf("%d@%d", c.Int, c.At)
	}
	return fmt.Sprint(c.Int)
}

// table reads what a metric's table shows of [from, to).
func (w *world) table(d *processors.Definition, from, to int64) []tableRow {
	w.t.Helper()
	dims, vals := make([]string, len(d.Dims)), make([]string, len(d.Measures))
	for i, name := range d.Dims {
		dims[i] = "toString(" + name + ")"
	}
	for i, m := range d.Measures {
		vals[i] = measureSQL(m)
	}
	rows, err := clickhouse.Select[tableRow](w.t.Context(), w.sink, fmt.Sprintf(
		"SELECT toUnixTimestamp64Milli(window_start) AS start, part, [%s] AS dims, [%s] AS vals, ver FROM %s FINAL WHERE NOT gone AND window_start >= %s AND window_start < %s",
		strings.Join(dims, ","), strings.Join(vals, ","), d.TableName(), stamp(from), stamp(to)))
	if err != nil {
		w.t.Fatal(err)
	}
	return rows
}

// oracle is what the logs amount to without lateness: rows by part and key, of windows that begin in [from, to).
func (w *world) oracle(d *processors.Definition, from, to int64) map[string]string {
	w.t.Helper()
	want := map[string]string{}
	for p := range partitions {
		out, err := proctest.Batch([]processors.Definition{*d}, *w.log(d.Topic, p), proctest.Options{End: true, Recompute: true})
		if err != nil {
			w.t.Fatal(err)
		}
		for key, r := range out.Metrics[d.Name].Rows {
			if key.Start >= from && key.Start < to {
				var vals []string
				for _, c := range r.Cells {
					vals = append(vals, measureText(c))
				}
				want[rowKey(key.Start, partOf(d.Topic, p), r.Dims)] = strings.Join(vals, " ")
			}
		}
	}
	return want
}

func rowKey(start int64, part uint64, dims []string) string {
	return fmt.Sprintf("%d %d %q", start, part, dims)
}

// differences compares a metric's table with the oracle.
func (w *world) differences(d *processors.Definition, from, to int64) (rows int, diffs []string) {
	w.t.Helper()
	want := w.oracle(d, from, to)
	rows = len(want)
	for _, r := range w.table(d, from, to) {
		key, got := rowKey(r.Start, r.Part, r.Dims), strings.Join(r.Vals, " ")
		if want[key] != got {
			diffs = append(diffs, fmt.Sprintf("%s %s: got %q in version %d, want %q", d.Name, key, got, r.Ver, want[key]))
		}
		delete(want, key)
	}
	for key, v := range want {
		diffs = append(diffs, fmt.Sprintf("%s %s: no row, want %q", d.Name, key, v))
	}
	return rows, diffs
}

// wantExact compares every metric's table.
func (w *world) wantExact(from, to int64) {
	w.t.Helper()
	for _, d := range metrics.All().Streams() {
		w.wantExactOf(d.Name, from, to)
	}
}

func (w *world) wantExactOf(metric string, from, to int64) {
	w.t.Helper()
	rows, diffs := w.differences(find(w.t, metric), from, to)
	if len(diffs) > 0 || rows == 0 {
		w.t.Errorf("%s: %d of %d rows differ: %s", metric, len(diffs), rows, strings.Join(diffs[:min(3, len(diffs))], "\n"))
	}
}
