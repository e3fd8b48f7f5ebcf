package processors

import (
	"fmt"
	"strings"

	"tidemark/schemas"
)

// rollupRunsTable says which version of a period's rows is the one to be read. Its row is written after them, so that a
// period changes at once, and not at all where a run breaks off.
var rollupRunsTable = schemas.Table{
	Name: "rollup_runs", Doc: "The newest finished computation of every rollup, shop and period.",
	Engine: "ReplacingMergeTree(ver)", OrderBy: []string{"rollup", "shop", "period"},
	Columns: []schemas.Column{
		{Name: "rollup", Type: "LowCardinality(String)", Doc: "Rollup."},
		{Name: "shop", Type: "LowCardinality(String)", Doc: "Shop."},
		{Name: "period", Type: "DateTime64(3, 'UTC')", Doc: "Begin of the period."},
		{Name: "ends", Type: "DateTime64(3, 'UTC')", Doc: "End of the period, exclusive."},
		{Name: "ver", Type: "UInt64", Doc: "Version of the rows, later ones higher."},
		{Name: "seen", Type: "DateTime64(3, 'UTC')", Doc: "All events up to this moment had been landed when it was computed."},
		{Name: "complete", Type: "Bool", Doc: "The period was over by then."},
		{Name: "rows", Type: "UInt64", Doc: "Rows of that version."},
		{Name: "at", Type: "DateTime64(3, 'UTC')", Doc: "When it was computed, by the runner's clock."},
		{Name: "first", Type: "DateTime64(3, 'UTC')", Doc: "When it was computed for the first time."},
		{Name: "hash", Type: "UInt64", Doc: "Fingerprint of the definition."},
	},
}

// rollupSeenTable is how a runner knows which events are new. There are several slots, written in turn: what counts is the
// newest entry of some age, so that a block of raw rows that was just being inserted is looked at again.
var rollupSeenTable = schemas.Table{
	Name: "rollup_seen", Doc: "How far each rollup has read the raw events.",
	Engine: "ReplacingMergeTree(at)", OrderBy: []string{"rollup", "shop", "slot"},
	Columns: []schemas.Column{
		{Name: "rollup", Type: "LowCardinality(String)", Doc: "Rollup."},
		{Name: "shop", Type: "LowCardinality(String)", Doc: "Shop."},
		{Name: "slot", Type: "Int64", Doc: "Place of the entry: a newer one in it replaces it."},
		{Name: "at", Type: "DateTime64(3, 'UTC')", Doc: "When the raw tables were looked at, by the runner's clock."},
		{Name: "parts", Type: "Array(UInt64)", Doc: "Topic id and partition of what was there."},
		{Name: "nexts", Type: "Array(UInt64)", Doc: "For each, the offset after the last one that was there."},
	},
}

// RunRow is one row of the table rollup_runs.
type RunRow struct {
	Rollup, Shop    string
	Period, Ends    schemas.Millis
	Ver, Rows, Hash uint64
	Seen, At, First schemas.Millis
	Complete        bool
}

// RunBlock makes rows of the table rollup_runs. They go into one INSERT, so that their periods change together.
func RunBlock(runs []RunRow) schemas.Block {
	n := len(runs)
	rollup, shop := make([]string, n), make([]string, n)
	period, ends, seen, at, first := make([]schemas.Millis, n), make([]schemas.Millis, n), make([]schemas.Millis, n), make([]schemas.Millis, n), make([]schemas.Millis, n)
	ver, rows, hash, complete := make([]uint64, n), make([]uint64, n), make([]uint64, n), make([]bool, n)
	for i, r := range runs {
		rollup[i], shop[i], period[i], ends[i], ver[i] = r.Rollup, r.Shop, r.Period, r.Ends, r.Ver
		seen[i], complete[i], rows[i], at[i], first[i], hash[i] = r.Seen, r.Complete, r.Rows, r.At, r.First, r.Hash
	}
	t := rollupRunsTable
	return schemas.Block{
		Table: &t, Rows: n,
		Names: []string{"rollup", "shop", "period", "ends", "ver", "seen", "complete", "rows", "at", "first", "hash"},
		Data:  []any{rollup, shop, period, ends, ver, seen, complete, rows, at, first, hash},
	}
}

// SeenRow is one row of the table rollup_seen.
type SeenRow struct {
	Rollup, Shop string
	Slot         int64
	At           schemas.Millis
	Parts, Nexts []uint64
}

// SeenBlock makes a row of the table rollup_seen.
func SeenBlock(s SeenRow) schemas.Block {
	t := rollupSeenTable
	return schemas.Block{
		Table: &t, Rows: 1, Names: []string{"rollup", "shop", "slot", "at", "parts", "nexts"},
		Data: []any{[]string{s.Rollup}, []string{s.Shop}, []int64{s.Slot}, []schemas.Millis{s.At}, [][]uint64{s.Parts}, [][]uint64{s.Nexts}},
	}
}

// rollupTable is the table of a rollup's rows, of the newest run and of some older ones. The version is part of the key:
// rows of a run that has not finished must not replace those that are read.
func (s *Spec) rollupTable() *schemas.Table {
	t := &schemas.Table{
		Name: s.TableName(), Doc: s.Help + " Versions; read " + s.ViewName() + ".", Engine: "ReplacingMergeTree",
		Columns: []schemas.Column{{Name: "window_start", Type: "DateTime64(3, 'UTC')", Doc: "Begin of the period."}},
		OrderBy: []string{"shop", "window_start"},
	}
	for _, d := range s.Dims {
		t.Columns = append(t.Columns, schemas.Column{Name: d, Type: "LowCardinality(String)", Doc: "Dimension."})
		if d != "shop" {
			t.OrderBy = append(t.OrderBy, d)
		}
	}
	t.OrderBy = append(t.OrderBy, "ver")
	t.Columns = append(t.Columns, schemas.Column{Name: "ver", Type: "UInt64", Doc: "Run that computed the row."})
	for _, m := range s.Measures {
		if m.Kind == KindUniq {
			t.Columns = append(t.Columns,
				schemas.Column{Name: m.Name, Type: "UInt64", Doc: "Distinct ids."},
				schemas.Column{Name: m.Name + "_state", Type: "AggregateFunction(uniq, UInt64)", Doc: "Mergeable state."})
			continue
		}
		t.Columns = append(t.Columns, m.columns()...)
	}
	return t
}

// rollupView shows the rows of the newest finished run of every period.
func (s *Spec) rollupView() schemas.View {
	var stored, values []string
	for _, c := range s.rollupTable().Columns[1:] {
		if c.Name != "ver" {
			stored = append(stored, "t."+c.Name+" AS "+c.Name)
		}
	}
	for _, v := range s.Values {
		values = append(values, v.SQL+" AS "+v.Name)
	}
	inner := fmt.Sprintf("SELECT t.window_start AS window_start, n.ends AS window_end, %s, n.complete AS complete\n"+
		"FROM %s AS t\nINNER JOIN (SELECT shop, period, ends, ver, complete FROM rollup_runs FINAL WHERE rollup = '%s') AS n\n"+
		"ON n.shop = t.shop AND n.period = t.window_start AND n.ver = t.ver", strings.Join(stored, ", "), s.TableName(), s.Name)
	sql := inner
	if len(values) > 0 {
		sql = "SELECT *, " + strings.Join(values, ", ") + "\nFROM (\n" + inner + "\n)"
	}
	return schemas.View{Name: s.ViewName(), Doc: s.Help, SQL: sql}
}
