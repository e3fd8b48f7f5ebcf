package wire

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"tidemark/deploy/embedded/enginetest"
)

var engine string // host:port; set once, before the tests

func TestMain(m *testing.M) { os.Exit(enginetest.Main(m, func(addr string) { engine = addr })) }

func TestBoardQuery(t *testing.T) {
	query, err := BoardQuery("http://grafana@" + engine + "/default")
	if err != nil {
		t.Fatal(err)
	}
	got, err := query(t.Context(), "SELECT toDateTime64('2026-03-02 12:00:00.5', 3, 'Asia/Shanghai') AS t, 'a&b+c% 茶' AS s, toUInt64(7) AS n, NULL AS nothing, currentDatabase() AS db")
	if err != nil || len(got.Rows) != 1 || len(got.Columns) != 5 || got.Columns[0].Name != "t" {
		t.Fatalf("%+v, %v", got, err)
	}
	row := got.Rows[0]
	if text, ok := row[0].(interface{ String() string }); !ok || text.String() != "2026-03-02 04:00:00.5 +0000 UTC" {
		t.Errorf("the time is %v", row[0])
	}
	if row[1] != "a&b+c% 茶" || row[2] != 7.0 || row[3] != nil || row[4] != "default" {
		t.Errorf("row %#v", row)
	}
}

// Even the user who may do everything cannot write through a board.
func TestBoardQueryOnlyReads(t *testing.T) {
	for _, user := range []string{"default", "grafana"} {
		query, err := BoardQuery("http://" + user + "@" + engine + "/default")
		if err != nil {
			t.Fatal(err)
		}
		for _, sql := range []string{"CREATE TABLE boards (a Int8) ENGINE = Memory", "DROP DATABASE default"} {
			if _, err := query(t.Context(), sql); err == nil {
				t.Errorf("%s may: %s", user, sql)
			}
		}
	}
}

func TestBoardQueryErrors(t *testing.T) {
	for _, dsn := range []string{"clickhouse://host:9000/db", "host:8123", "http://", ":"} {
		if _, err := BoardQuery(dsn); err == nil || !strings.Contains(err.Error(), "http://user:password@host:8123") {
			t.Errorf("%s: %v", dsn, err)
		}
	}
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "reader" || password != "geheim" || r.Method != http.MethodGet {
			t.Errorf("asked as %s by %s", user, r.Method)
		}
		w.WriteHeader(http.StatusInternalServerError)
		w.Write([]byte("Code: 60. no such table\n"))
	}))
	dsn := "http://reader:geheim@" + broken.Listener.Addr().String() + "/db"
	query, err := BoardQuery(dsn)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := query(t.Context(), "SELECT secret"); err == nil || !strings.HasSuffix(err.Error(), "Code: 60. no such table") {
		t.Errorf("an answer of 500 gives %v", err)
	}
	broken.Close()
	_, err = query(t.Context(), "SELECT secret")
	if err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "geheim") {
		t.Errorf("a server that is away gives %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := query(ctx, "SELECT 1"); !errors.Is(err, context.Canceled) {
		t.Errorf("a viewer who has left gives %v", err)
	}
}
