package clickhouse

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/schemas"
)

func events() *schemas.Table {
	return &schemas.Table{
		Name: "events", Doc: "It's a table.", Engine: "ReplacingMergeTree(ver)", Partition: "toYYYYMM(at)",
		OrderBy: []string{"shop", "toStartOfHour(at)", "id"}, TTL: "toDateTime(at) + INTERVAL 90 DAY",
		Columns: []schemas.Column{
			{Name: "shop", Type: "LowCardinality(String)", Doc: "Shop."},
			{Name: "at", Type: "DateTime64(3,'UTC')"},
			{Name: "id", Type: "UInt64"},
			{Name: "price", Type: "Decimal(38,6)"},
			{Name: "ids", Type: "Array(UInt64)", Expr: "EPHEMERAL"},
			{Name: "users", Type: "AggregateFunction(uniq, UInt64)", Expr: "DEFAULT arrayReduce('uniqState',ids)"},
			{Name: "ver", Type: "UInt64"},
		},
	}
}

func schema(tables ...*schemas.Table) Schema {
	return Schema{Tables: tables, Views: []schemas.View{
		{Name: "v_events", Doc: "It's a view.", SQL: "SELECT shop, uniqMerge(users) AS users FROM events GROUP BY shop"},
		{Name: "v_all", SQL: "SELECT sum(users) AS users FROM v_events"},
	}}
}

// catalogue is the whole schema of tidemark.
func catalogue() Schema {
	return Schema{
		Tables: slices.Concat(processors.SystemTables(), schemas.RawTables(), schemas.StateTables(), metrics.All().Tables()),
		Views:  slices.Concat(schemas.RawViews(), schemas.StateViews(), metrics.All().Views()),
	}
}

// apply runs Apply and checks that as many statements ran as expected, and that none is left.
func apply(t *testing.T, s *Sink, want Schema, statements int) []string {
	t.Helper()
	ran, err := s.Apply(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	if len(ran) != statements {
		t.Errorf("%d statements ran, want %d:\n%s", len(ran), statements, strings.Join(ran, ";\n"))
	}
	if left, err := s.Plan(t.Context(), want); err != nil || len(left) != 0 {
		t.Errorf("left after apply: %v, %q", err, left)
	}
	return ran
}

func TestApplyFromNothingAndAgain(t *testing.T) {
	s := openSink(t, engine, newName(t), Options{})
	planned, err := s.Plan(t.Context(), schema(events()))
	if err != nil || len(planned) != 4 {
		t.Fatalf("plan: %v, %q", err, planned)
	}
	if again, err := s.Plan(t.Context(), schema(events())); err != nil || !slices.Equal(planned, again) {
		t.Fatalf("planning must change nothing: %v, %q", err, again)
	}
	if ran := apply(t, s, schema(events()), 4); !slices.Equal(planned, ran) {
		t.Errorf("ran %q, planned %q", ran, planned)
	}
	apply(t, s, schema(events()), 0)
}

func TestApplyCatalogue(t *testing.T) {
	s := openSink(t, engine, newDatabase(t), Options{})
	want := catalogue()
	apply(t, s, want, len(want.Tables)+len(want.Views))
}

func TestApplyAdds(t *testing.T) {
	s := openSink(t, engine, newDatabase(t), Options{})
	apply(t, s, schema(events()), 3)
	admin(t, "INSERT INTO "+s.conf.Auth.Database+".events (shop, at, id) VALUES ('a', now64(3), 1)")

	wider := events()
	wider.Columns = append(wider.Columns,
		schemas.Column{Name: "note", Type: "String", Expr: "DEFAULT 'none'", Doc: "It's new."}, schemas.Column{Name: "items.price", Type: "Array(Decimal(38, 6))"})
	ran := apply(t, s, schema(wider), 2)
	if !strings.Contains(ran[0], "ADD COLUMN IF NOT EXISTS `note`") {
		t.Errorf("ran %q", ran)
	}
	rows, err := s.Query(t.Context(), "SELECT shop, note FROM events")
	if err != nil || len(rows) != 1 || rows[0]["note"] != "none" {
		t.Errorf("rows after adding a column: %v, %v", rows, err)
	}

	longer := *wider
	longer.TTL = "toDateTime(at) + INTERVAL 3 YEAR"
	apply(t, s, schema(&longer), 1)

	viewed := schema(&longer)
	viewed.Views[1].SQL = "SELECT max(users) AS users FROM v_events"
	apply(t, s, viewed, 1)

	apply(t, s, schema(events()), 2) // TTL and view go back; columns of a newer version stay
	if rows, err := s.Query(t.Context(), "SELECT note FROM events"); err != nil || len(rows) != 1 {
		t.Errorf("columns that the catalogue does not know must stay: %v, %v", rows, err)
	}
}

func TestApplyRefuses(t *testing.T) {
	s := openSink(t, engine, newDatabase(t), Options{})
	apply(t, s, schema(events()), 3)
	cases := []struct {
		name   string
		change func(*schemas.Table)
		says   []string
	}{
		{"sorting key", func(t *schemas.Table) { t.OrderBy = []string{"shop", "id"} }, []string{"sorting key", "RENAME TABLE events TO events_old"}},
		{"partition key", func(t *schemas.Table) { t.Partition = "toDate(at)" }, []string{"partition key", "RENAME TABLE"}},
		{"engine", func(t *schemas.Table) { t.Engine = "AggregatingMergeTree" }, []string{"engine", "RENAME TABLE"}},
		{"engine of one name's end", func(t *schemas.Table) { t.Engine = "MergeTree" }, []string{"engine", "RENAME TABLE"}},
		{"version column", func(t *schemas.Table) { t.Engine = "ReplacingMergeTree(id)" }, []string{"engine", "ReplacingMergeTree(id)"}},
		{"type", func(t *schemas.Table) { t.Columns[2].Type = "Int64" }, []string{"column id is UInt64", "MODIFY COLUMN `id` Int64"}},
		{"default", func(t *schemas.Table) { t.Columns[5].Expr = "DEFAULT arrayReduce('uniqState', [1])" }, []string{"column users is computed as"}},
		{"kind of default", func(t *schemas.Table) { t.Columns[4].Expr = "" }, []string{"column ids is computed as"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			table := events()
			c.change(table)
			table.Columns = append(table.Columns, schemas.Column{Name: "extra", Type: "String"})
			ran, err := s.Apply(t.Context(), schema(table))
			if err == nil || len(ran) != 0 {
				t.Fatalf("got %v and %q, want an error and nothing run", err, ran)
			}
			for _, text := range append(c.says, "table events") {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("error %q does not say %q", err, text)
				}
			}
		})
	}
	taken := schema(events())
	taken.Views = append(taken.Views, schemas.View{Name: "events", SQL: "SELECT 1"})
	if _, err := s.Apply(t.Context(), taken); err == nil || !strings.Contains(err.Error(), "view events") {
		t.Errorf("a view with a table's name: %v", err)
	}
	viewed := events()
	viewed.Name = "v_all"
	if _, err := s.Apply(t.Context(), Schema{Tables: []*schemas.Table{viewed}}); err == nil || !strings.Contains(err.Error(), `engine is "View"`) {
		t.Errorf("a table with a view's name: %v", err)
	}
	apply(t, s, schema(events()), 0)
}

// On a cluster the server adds a prefix and two arguments to the engine.
func TestEngineOfReplicas(t *testing.T) {
	for full, want := range map[string]string{
		"ReplacingMergeTree(ver) PARTITION BY toYYYYMM(at) ORDER BY id SETTINGS index_granularity = 8192": "ReplacingMergeTree(ver)",
		"MergeTree ORDER BY tuple()": "MergeTree",
		"ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', ver) ORDER BY id":                             "ReplacingMergeTree(ver)",
		"SharedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}') PARTITION BY toYYYYMM(at) ORDER BY id TTL at + 1": "ReplacingMergeTree",
		"ReplicatedMergeTree('/a', 'b')":                "MergeTree",
		"ReplicatedMergeTree ORDER BY id":               "MergeTree",
		"SharedReplacingMergeTree(ver) ORDER BY id":     "ReplacingMergeTree(ver)",
		"ReplicatedSummingMergeTree('/a', 'b', (n, m))": "SummingMergeTree((n, m))",
	} {
		if got := (&tableState{Full: full}).engine(); got != want {
			t.Errorf("%s: engine %s, want %s", full, got, want)
		}
	}
}

// A field that is added later must show in the view of its raw table.
func TestApplyAddsAFieldToTheRawView(t *testing.T) {
	s := openSink(t, engine, newDatabase(t), Options{})
	full, view := schemas.RawTable(schemas.Orders), schemas.RawView(schemas.Orders)
	before := full
	before.Columns = slices.DeleteFunc(slices.Clone(full.Columns), func(c schemas.Column) bool { return c.Name == "promised_at" })
	old := view
	old.SQL = strings.Replace(view.SQL, ",\n    `promised_at`", "", 1)
	apply(t, s, Schema{Tables: []*schemas.Table{&before}, Views: []schemas.View{old}}, 2)
	apply(t, s, Schema{Tables: []*schemas.Table{&full}, Views: []schemas.View{view}}, 2)
	if _, err := s.Query(t.Context(), "SELECT promised_at, items.sku FROM v_events_orders"); err != nil {
		t.Error(err)
	}
}

func TestApplyStopsAtAFailure(t *testing.T) {
	s := openSink(t, engine, newDatabase(t), Options{})
	want := schema(events())
	want.Views[0].SQL = "SELECT nonsense FROM events"
	ran, err := s.Apply(t.Context(), want)
	if err == nil || !strings.Contains(err.Error(), "nonsense") || len(ran) != 1 {
		t.Errorf("got %v after %q, want the view's error after one statement", err, ran)
	}
}

func TestDistinctUsersAreMergedFromEphemeralIDs(t *testing.T) {
	s := openSink(t, engine, newDatabase(t), Options{})
	apply(t, s, schema(events()), 3)
	block := func(ver uint64, ids ...[]uint64) schemas.Block {
		b := schemas.Block{Table: events(), Rows: len(ids), Names: []string{"shop", "at", "id", "ids", "ver"}}
		shop, at, id, vers := make([]string, len(ids)), make([]schemas.Millis, len(ids)), make([]uint64, len(ids)), make([]uint64, len(ids))
		for i := range ids {
			shop[i], at[i], id[i], vers[i] = "a", 4102444799999, uint64(i), ver
		}
		b.Data = []any{shop, at, id, ids, vers}
		return b
	}
	early, final := block(1, nil, nil), block(2, []uint64{1, 2, 3}, []uint64{3, 4})
	if err := s.Insert(t.Context(), []schemas.Block{early, final}); err != nil {
		t.Fatal(err)
	}
	rows, err := s.Query(t.Context(), "SELECT uniqMerge(users) AS users FROM events FINAL")
	if err != nil || fmt.Sprint(rows) != "[map[users:4]]" {
		t.Errorf("merged users: %v, %v, want 4", rows, err)
	}
}
