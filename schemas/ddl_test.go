package schemas

import (
	"slices"
	"strings"
	"testing"
)

func TestTableDDL(t *testing.T) {
	table := Table{
		Name: "m_x", Doc: `It's a \ table.`,
		Columns: []Column{
			{Name: "window_start", Type: "DateTime64(3, 'UTC')"},
			{Name: "ids", Type: "Array(UInt64)", Expr: "EPHEMERAL"},
			{Name: "users", Type: "AggregateFunction(uniq, UInt64)", Expr: "DEFAULT arrayReduce('uniqState', ids)", Doc: "Distinct users."},
		},
		Engine: "ReplacingMergeTree(ver)", Partition: "toYYYYMM(window_start)", OrderBy: []string{"window_start", "part"},
		TTL: "toDateTime(window_start) + INTERVAL 3 YEAR",
	}
	want := "CREATE TABLE IF NOT EXISTS m_x\n(\n" +
		"    `window_start` DateTime64(3, 'UTC'),\n" +
		"    `ids` Array(UInt64) EPHEMERAL,\n" +
		"    `users` AggregateFunction(uniq, UInt64) DEFAULT arrayReduce('uniqState', ids) COMMENT 'Distinct users.'\n" +
		")\nENGINE = ReplacingMergeTree(ver)\nPARTITION BY toYYYYMM(window_start)\nORDER BY (window_start, part)\n" +
		"TTL toDateTime(window_start) + INTERVAL 3 YEAR\nCOMMENT 'It\\'s a \\\\ table.'"
	if got := table.DDL(true); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	bare := Table{Name: "t", Columns: table.Columns[:1], Engine: "MergeTree", OrderBy: []string{"window_start"}}
	if got, want := bare.DDL(false), "CREATE TABLE t\n(\n    `window_start` DateTime64(3, 'UTC')\n)\nENGINE = MergeTree\nORDER BY (window_start)"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Copies of one record must meet: the partition and the sorting key are functions of the record alone, and end with
// what tells records apart.
func TestRawTablesKeepEachRecordOnce(t *testing.T) {
	for _, f := range must(familyDocs()) {
		key := f.table.OrderBy
		if f.table.Engine != "ReplacingMergeTree" || len(key) < 3 || !slices.Equal(key[len(key)-2:], []string{ColumnPart, ColumnOffset}) {
			t.Errorf("%s: engine %s, order %v", f.name, f.table.Engine, key)
		}
		for _, part := range append(slices.Clone(key), f.table.Partition) {
			if strings.Contains(part, ColumnDuplicate) || strings.Contains(part, ColumnAppendTime) {
				t.Errorf("%s: the key uses %s, which a copy may have differently", f.name, part)
			}
		}
		if !strings.Contains(f.table.TTL, "received_at") || !strings.Contains(f.view.SQL, "FINAL") || !strings.Contains(f.view.SQL, "NOT "+ColumnDuplicate) {
			t.Errorf("%s: TTL %s, view %s", f.name, f.table.TTL, f.view.SQL)
		}
	}
}

func TestRetention(t *testing.T) {
	for _, f := range must(familyDocs()) {
		want := "toDateTime(received_at) + INTERVAL 3 YEAR"
		if f.name == "clickstream" {
			want = "toDateTime(received_at) + INTERVAL 90 DAY"
		}
		if f.table.TTL != want {
			t.Errorf("%s: TTL %s, want %s", f.name, f.table.TTL, want)
		}
	}
}
