package chhttp_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// open connects clickhouse-go as user with a compression method.
func open(t testing.TB, user, password string, method clickhouse.CompressionMethod) driver.Conn {
	t.Helper()
	conn, err := clickhouse.Open(&clickhouse.Options{
		Addr: []string{address(t)}, Protocol: clickhouse.HTTP, Auth: clickhouse.Auth{Database: "default", Username: user, Password: password},
		Compression: &clickhouse.Compression{Method: method}, MaxOpenConns: 16, ReadTimeout: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	})
	return conn
}

func exec(t testing.TB, conn driver.Conn, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if err := conn.Exec(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func one[T any](t testing.TB, conn driver.Conn, query string, args ...any) (v T) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), query, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

const typesDDL = `CREATE OR REPLACE TABLE types (
	id UUID, at DateTime64(3, 'UTC'), shop LowCardinality(String), amount Decimal(38, 6), tags Array(String), props Map(LowCardinality(String), String),
	ref Nullable(String), n Nullable(Int64), ok Bool, f Float64, day Date, pair Array(Tuple(UInt32, String)), kind Enum8('a' = 1, 'b' = 2)
) ENGINE = MergeTree ORDER BY (shop, at)`

type typesRow struct {
	ID     uuid.UUID         `ch:"id"`
	At     time.Time         `ch:"at"`
	Shop   string            `ch:"shop"`
	Amount decimal.Decimal   `ch:"amount"`
	Tags   []string          `ch:"tags"`
	Props  map[string]string `ch:"props"`
	Ref    *string           `ch:"ref"`
	N      *int64            `ch:"n"`
	OK     bool              `ch:"ok"`
	F      float64           `ch:"f"`
	Kind   string            `ch:"kind"`
}

func TestClickhouseGoTypes(t *testing.T) {
	for _, method := range []clickhouse.CompressionMethod{clickhouse.CompressionNone, clickhouse.CompressionLZ4, clickhouse.CompressionZSTD, clickhouse.CompressionGZIP, clickhouse.CompressionBrotli} {
		t.Run(method.String(), func(t *testing.T) {
			conn := open(t, "default", "", method)
			exec(t, conn, typesDDL)
			ref, n := "r'\\\n", int64(-7)
			rows := []typesRow{
				{uuid.New(), time.UnixMilli(1700000000123).UTC(), "eu", decimal.RequireFromString("12345678901234567890.123456"), []string{"a", "ü", ""}, map[string]string{"k": "v"}, &ref, &n, true, 1.5, "a"},
				{uuid.New(), time.UnixMilli(1700000001000).UTC(), "us", decimal.RequireFromString("-0.000001"), []string{}, map[string]string{}, nil, nil, false, -1, "b"},
			}
			b, err := conn.PrepareBatch(t.Context(), "INSERT INTO types (id, at, shop, amount, tags, props, ref, n, ok, f, kind)")
			if err != nil {
				t.Fatal(err)
			}
			for i := range rows {
				if err := b.AppendStruct(&rows[i]); err != nil {
					t.Fatal(err)
				}
			}
			if err := b.Send(); err != nil {
				t.Fatal(err)
			}
			var got []typesRow
			if err := conn.Select(t.Context(), &got, "SELECT id, at, shop, amount, tags, props, ref, n, ok, f, kind FROM types ORDER BY at"); err != nil {
				t.Fatal(err)
			}
			if len(got) != 2 {
				t.Fatalf("%d rows, want 2", len(got))
			}
			for i, w := range rows {
				if g := got[i]; !sameRow(g, w) {
					t.Errorf("row %d:\n got %+v\nwant %+v", i, g, w)
				}
			}
		})
	}
}

func sameRow(g, w typesRow) bool {
	same := g.ID == w.ID && g.At.Equal(w.At) && g.Shop == w.Shop && g.Amount.Equal(w.Amount) && slices.Equal(g.Tags, w.Tags) && maps.Equal(g.Props, w.Props)
	return same && (g.Ref == nil) == (w.Ref == nil) && (g.Ref == nil || *g.Ref == *w.Ref) && (g.N == nil) == (w.N == nil) && g.OK == w.OK && g.F == w.F && g.Kind == w.Kind
}

func TestEphemeralArrayBecomesAggregateState(t *testing.T) {
	conn := open(t, "default", "", clickhouse.CompressionNone)
	exec(t, conn, `CREATE OR REPLACE TABLE visits (w DateTime('UTC'), part UInt64, ver UInt64, ids Array(UInt64) EPHEMERAL,
		users AggregateFunction(uniq, UInt64) DEFAULT arrayReduce('uniqState', ids)) ENGINE = ReplacingMergeTree(ver) PARTITION BY toYYYYMM(w) ORDER BY (w, part)`,
		"CREATE OR REPLACE VIEW v_visits AS SELECT w, uniqMerge(users) AS users FROM visits FINAL GROUP BY w")
	send := func(part, ver uint64, ids ...uint64) {
		b, err := conn.PrepareBatch(t.Context(), "INSERT INTO visits (w, part, ver, ids)")
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(b.Append(time.Unix(1700000000, 0), part, ver, ids), b.Send()); err != nil {
			t.Fatal(err)
		}
	}
	send(1, 1, 1, 2, 3)
	send(2, 1, 3, 4)
	send(2, 2, 3, 4, 5) // replaces the row before
	send(2, 1, 9)       // an older version does not
	if n := one[uint64](t, conn, "SELECT users FROM v_visits"); n != 5 {
		t.Errorf("%d distinct users, want 5", n)
	}
}

func TestParametersAndBinding(t *testing.T) {
	conn := open(t, "default", "", clickhouse.CompressionNone)
	odd := "a'b\\c\td\nü"
	if got := one[string](t, conn, "SELECT {v:String}", clickhouse.Named("v", "plain")); got != "plain" {
		t.Errorf("server-side parameter: %q", got)
	}
	if got := one[string](t, conn, "SELECT ?", odd); got != odd {
		t.Errorf("bound value: %q, want %q", got, odd)
	}
	ctx := clickhouse.Context(t.Context(), clickhouse.WithSettings(clickhouse.Settings{"max_block_size": 1234}), clickhouse.WithQueryID("my-id"))
	var size uint64
	if err := conn.QueryRow(ctx, "SELECT toUInt64(getSetting('max_block_size'))").Scan(&size); err != nil || size != 1234 {
		t.Errorf("setting of one query: %d %v", size, err)
	}
	if got := one[uint64](t, conn, "SELECT toUInt64(getSetting('max_block_size'))"); got == 1234 {
		t.Error("the setting of one query is still there in the next")
	}
}

func TestAsyncInsertRunsSynchronously(t *testing.T) {
	conn := open(t, "default", "", clickhouse.CompressionNone)
	exec(t, conn, "CREATE OR REPLACE TABLE async (a UInt32, s String) ENGINE = MergeTree ORDER BY a")
	for i, wait := range []bool{true, false} {
		if err := conn.Exec(clickhouse.Context(t.Context(), clickhouse.WithAsync(wait)), fmt.Sprintf("INSERT INTO async VALUES (%d, 'x;y')", i)); err != nil {
			t.Fatal(err)
		}
	}
	if n := one[uint64](t, conn, "SELECT count() FROM async"); n != 2 {
		t.Errorf("%d rows, want 2", n)
	}
}

func TestLargeResultStreamsAndEmptyResultIsEmpty(t *testing.T) {
	conn := open(t, "default", "", clickhouse.CompressionLZ4)
	rows, err := conn.Query(t.Context(), "SELECT number, toString(number) FROM numbers(1000000)")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var count, sum, n uint64
	for s := ""; rows.Next(); count++ {
		if err := rows.Scan(&n, &s); err != nil || s != fmt.Sprint(n) {
			t.Fatal(n, s, err)
		}
		sum += n
	}
	if err := rows.Err(); err != nil || count != 1000000 || sum != 499999500000 {
		t.Errorf("%d rows, sum %d, %v", count, sum, err)
	}
	empty, err := conn.Query(t.Context(), "SELECT 1 WHERE 0")
	if err != nil {
		t.Fatal(err)
	}
	defer empty.Close()
	if empty.Next() || empty.Err() != nil {
		t.Errorf("an empty result has rows or an error: %v", empty.Err())
	}
}

func TestCancelledQueryEndsInTheEngine(t *testing.T) {
	conn := open(t, "default", "", clickhouse.CompressionNone)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	var n uint64
	err := conn.QueryRow(ctx, "SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number), 'cancelled')").Scan(&n)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("query with a deadline: %v", err)
	}
	waitFor(t, "the cancelled query to end", func() bool {
		return one[uint64](t, conn, "SELECT count() FROM system.processes WHERE query LIKE '%cancelled%' AND query NOT LIKE '%system.processes%'") == 0
	})
}

// waitFor polls until ok; what names the condition if it never comes.
func waitFor(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited 30 s for %s", what)
		}
	}
}
