package recompute

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rs/zerolog"

	"tidemark/deploy/embedded/enginetest"
	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

var engine string // host:port of the real ClickHouse

func TestMain(m *testing.M) { os.Exit(enginetest.Main(m, func(addr string) { engine = addr })) }

var databases atomic.Int64

// openDatabase makes a database with all tables and views.
func openDatabase(t testing.TB) *clickhouse.Sink {
	t.Helper()
	name := fmt.Sprintf("recompute_%d", databases.Add(1))
	sink, err := clickhouse.Open("http://default@"+engine+"/"+name, clickhouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		sink.Close()
		exec(t, "", "DROP DATABASE "+name+" SYNC")
	})
	all := metrics.All()
	schema := clickhouse.Schema{
		Tables: append(append(processors.SystemTables(), schemas.RawTables()...), all.Tables()...),
		Views:  append(schemas.RawViews(), all.Views()...),
	}
	if _, err := sink.Apply(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	return sink
}

// exec runs a statement in the newest database, or outside of any.
func exec(t testing.TB, database, sql string) {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://"+engine+"/?user=default&database="+database, strings.NewReader(sql))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", sql, body)
	}
}

func database() string { return fmt.Sprintf("recompute_%d", databases.Load()) }

func open(t testing.TB, sink *clickhouse.Sink, sliceRows int64) *Recompute {
	t.Helper()
	r, err := New(Config{Sink: sink, Catalogue: metrics.All(), Log: zerolog.New(zerolog.NewTestWriter(t)), SliceRows: sliceRows})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
