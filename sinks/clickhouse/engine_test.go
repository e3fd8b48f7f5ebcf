package clickhouse

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	ch "github.com/ClickHouse/clickhouse-go/v2"

	"tidemark/deploy/embedded/enginetest"
)

// serverEnv names a ClickHouse server to test against instead of the embedded engine: host:port of its HTTP interface,
// for user default without a password.
const serverEnv = "TIDEMARK_TEST_CLICKHOUSE"

// engine is host:port of the real ClickHouse that all tests of the package share.
var engine string

func TestMain(m *testing.M) {
	if engine = os.Getenv(serverEnv); engine != "" {
		os.Exit(m.Run())
	}
	os.Exit(enginetest.Main(m, func(addr string) { engine = addr }))
}

var databases atomic.Int64

// newDatabase creates a database that is dropped after the test and returns its name.
func newDatabase(t testing.TB) string {
	t.Helper()
	name := newName(t)
	admin(t, "CREATE DATABASE "+name)
	return name
}

// newName returns the name of a database that does not exist; one that the test makes is dropped.
func newName(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), databases.Add(1))
	t.Cleanup(func() { admin(t, "DROP DATABASE IF EXISTS "+name+" SYNC") })
	return name
}

// admin runs a statement without going through the sink.
func admin(t testing.TB, sql string) {
	t.Helper()
	conn, err := ch.Open(&ch.Options{Protocol: ch.HTTP, Addr: []string{engine}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Exec(context.Background(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// openSink opens a sink on a database at an address.
func openSink(t testing.TB, addr, database string, o Options) *Sink {
	t.Helper()
	s, err := Open("http://default@"+addr+"/"+database, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// front is a proxy before the engine that cuts the connection instead of passing on the answer to an insert where lose
// says so.
func front(t testing.TB, lose func() bool) (addr string) {
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: engine})
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	proxy.ModifyResponse = func(r *http.Response) error {
		if strings.HasPrefix(r.Request.URL.Query().Get("query"), "INSERT") && lose() {
			panic(http.ErrAbortHandler) // closes the connection without a word
		}
		return nil
	}
	srv := httptest.NewServer(proxy)
	t.Cleanup(srv.Close)
	return strings.TrimPrefix(srv.URL, "http://")
}
