package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	ch "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/prometheus/client_golang/prometheus"

	"tidemark/schemas"
	"tidemark/sinks"
)

func TestRulesAgreeWithTheEngine(t *testing.T) {
	s := openSink(t, engine, "default", Options{})
	seen := map[int32]bool{}
	for _, r := range rules {
		if seen[r.code] || r.why == "" || r.class != retryable && r.class != permanent {
			t.Errorf("rule %v: each code once, with class and reason", r)
		}
		seen[r.code] = true
		rows, err := s.Query(t.Context(), "SELECT errorCodeToName({code:UInt32}) AS name", Param{"code", r.code})
		if err != nil {
			t.Fatal(err)
		}
		if rows[0]["name"] != r.name {
			t.Errorf("code %d is %v in ClickHouse, the table says %s", r.code, rows[0]["name"], r.name)
		}
	}
}

func TestClassify(t *testing.T) {
	exception := func(code int32) error { return fmt.Errorf("wrapped: %w", &ch.Exception{Code: code}) }
	cases := []struct {
		err   error
		class class
	}{
		{exception(252), retryable},
		{exception(241), retryable},
		{&ch.HTTPError{StatusCode: 500, Err: &ch.Exception{Code: 60}}, permanent},
		{exception(516), permanent},
		{exception(424242), unknown},
		{io.EOF, retryable},
		{io.ErrUnexpectedEOF, retryable},
		{context.DeadlineExceeded, retryable},
		{&net.OpError{Op: "dial", Err: errors.New("connection refused")}, retryable},
		{ch.ErrAcquireConnTimeout, retryable},
		{&ch.HTTPError{StatusCode: http.StatusBadGateway, Err: errors.New("proxy")}, retryable},
		{&ch.HTTPError{StatusCode: http.StatusTooManyRequests, Err: errors.New("proxy")}, retryable},
		{&ch.HTTPError{StatusCode: http.StatusNotFound, Err: errors.New("no ClickHouse")}, permanent},
		{&ch.HTTPError{StatusCode: http.StatusUnauthorized, Err: errors.New("proxy")}, permanent},
		{&localError{errors.New("bad block")}, permanent},
	}
	for _, c := range cases {
		got, advice := classify(c.err)
		if got != c.class || (advice != "") != (got == permanent) && got != retryable {
			t.Errorf("%v: %s with advice %q, want %s", c.err, got, advice, c.class)
		}
	}
}

// one is a block for table events.
func one() schemas.Block {
	return schemas.Block{Table: events(), Rows: 1, Names: []string{"shop", "at", "ver"}, Data: []any{[]string{"a"}, []schemas.Millis{4102444799999}, []uint64{1}}}
}

func TestFailuresSayWhatToDo(t *testing.T) {
	database, full := newDatabase(t), newDatabase(t)
	apply(t, openSink(t, engine, full, Options{}), schema(events()), 3)
	cases := []struct{ name, dsn, says string }{
		{"table missing", "http://default@" + engine + "/" + database, "run `tidemark apply`"},
		{"database missing", "http://default@" + engine + "/no_such_database", "run `tidemark apply`"},
		{"user unknown", "http://nobody:s3cret@" + engine + "/" + database, "correct user and password"},
		{"user may only read", "http://analyst@" + engine + "/" + full, "readonly"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, err := Open(c.dsn, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			err = s.Insert(t.Context(), []schemas.Block{one()})
			if !sinks.Permanent(err) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "insert into events") {
				t.Errorf("got %v, want a permanent error that says %q", err, c.says)
			}
			if strings.Contains(fmt.Sprint(err), "s3cret") {
				t.Errorf("the password stands in %q", err)
			}
		})
	}
}

// counted is the value of an exported counter; labels are its values in the order of their names.
func counted(t *testing.T, reg *prometheus.Registry, name string, labels ...string) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var values []string
			for _, l := range m.GetLabel() {
				values = append(values, l.GetValue())
			}
			if f.GetName() == name && slices.Equal(values, labels) {
				return m.GetCounter().GetValue()
			}
		}
	}
	return 0
}

func TestPassingFailures(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>", code) }
	}
	handlers := map[string]http.HandlerFunc{
		"proxy without server": status(http.StatusBadGateway),
		"shedding load":        status(http.StatusTooManyRequests),
		"connection cut":       func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"no answer": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // the server notices that the client has gone only after the body
			<-r.Context().Done()
		},
	}
	for name, h := range handlers {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(h)
			defer srv.Close()
			reg := prometheus.NewRegistry()
			s := openSink(t, strings.TrimPrefix(srv.URL, "http://"), "default", Options{Registry: reg})
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			err := s.Insert(ctx, []schemas.Block{one()})
			if err == nil || sinks.Permanent(err) {
				t.Errorf("got %v, want an error that is not permanent", err)
			}
			if n := counted(t, reg, "tidemark_clickhouse_errors_total", "retryable", "events"); n != 1 {
				t.Errorf("counted %v failures, want 1", n)
			}
		})
	}
	t.Run("nobody listens", func(t *testing.T) {
		s, err := Open("http://default:s3cret@127.0.0.1:1/default", Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := s.Ping(t.Context()); err == nil || sinks.Permanent(err) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("got %v, want an error that is not permanent and keeps the password", err)
		}
	})
}

func TestOneTableFailsTheOthersAreStored(t *testing.T) {
	reg := prometheus.NewRegistry()
	s := openSink(t, engine, newDatabase(t), Options{Registry: reg})
	apply(t, s, schema(events()), 3)
	lost := one()
	missing := events()
	missing.Name = "missing"
	lost.Table = missing
	if err := s.Insert(t.Context(), []schemas.Block{lost, one()}); !sinks.Permanent(err) {
		t.Errorf("got %v, want a permanent error", err)
	}
	if rows, err := s.Query(t.Context(), "SELECT shop FROM events"); err != nil || len(rows) != 1 {
		t.Errorf("the other table: %v, %v", rows, err)
	}
	if n := counted(t, reg, "tidemark_clickhouse_rows_total", "events"); n != 1 {
		t.Errorf("counted %v rows, want 1", n)
	}
	if n := counted(t, reg, "tidemark_clickhouse_errors_total", "permanent", "missing"); n != 1 {
		t.Errorf("counted %v permanent failures, want 1", n)
	}
}

func TestDSNs(t *testing.T) {
	for dsn, says := range map[string]string{
		"":                                  "cannot be read",
		"host:8123/db":                      "cannot be read",
		"kafka://u:s3cret@host/db":          "cannot be read",
		"http://u:s3cret@host:port/db":      "cannot be read",
		"http://u:s3cret@host/db?x=%zz;":    "",
		"http://u:s3cret@host:8123":         "names no database",
		"http://u:s3cret@host/db":           "",
		"clickhouse://u:s3cret@host:9000/d": "",
	} {
		s, err := Open(dsn, Options{})
		if err == nil {
			s.Close()
		}
		if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("%q: got %v, want %q", dsn, err, says)
		}
		if strings.Contains(fmt.Sprint(err), "s3cret") {
			t.Errorf("the password stands in %q", err)
		}
	}
}
