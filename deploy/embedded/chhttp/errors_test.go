package chhttp_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
)

func TestClickhouseGoGetsTypedErrors(t *testing.T) {
	for _, method := range []clickhouse.CompressionMethod{clickhouse.CompressionNone, clickhouse.CompressionLZ4} {
		conn := open(t, "default", "", method)
		for statement, code := range map[string]int32{
			"SELECT * FROM nope": 60, "SELECT nope": 47, "SELECT 1 FROM": 62, "SELECT nofunction(1)": 46, "DROP TABLE nodb.t": 81,
			"SELECT 1; SELECT 2": 62, "SELECT 1 INTO OUTFILE '/tmp/x'": 48, "SET max_threads = 1": 48, "CREATE TEMPORARY TABLE t (a Int8)": 48, "SYSTEM SHUTDOWN": 48,
		} {
			var ex *clickhouse.Exception
			if err := conn.Exec(t.Context(), statement); !errors.As(err, &ex) || ex.Code != code {
				t.Errorf("%s: %v, want code %d", statement, err, code)
			}
		}
	}
}

func TestErrorInTheMiddleOfAResult(t *testing.T) {
	const query = "SELECT number, repeat('x', 50), throwIf(number = 3000000) FROM numbers(4000000) SETTINGS max_threads = 1"
	for _, method := range []clickhouse.CompressionMethod{clickhouse.CompressionNone, clickhouse.CompressionLZ4} {
		conn := open(t, "default", "", method)
		rows, err := conn.Query(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for rows.Next() {
			n++
		}
		var ex *clickhouse.Exception
		if err := rows.Err(); !errors.As(err, &ex) || ex.Code != 395 || n == 0 {
			t.Errorf("%v: %d rows, then %v, want code 395", method, n, err)
		}
		_ = rows.Close() // repeats the error
	}
	if _, err := request(t, http.MethodPost, "", query, nil); err == nil {
		t.Error("an HTTP client cannot tell the broken result from a whole one")
	}
}

// answer is one HTTP response.
type answer struct {
	status int
	body   string
	header http.Header
}

// request posts body with the given URL parameters.
func request(t testing.TB, method, params, body string, header http.Header) (answer, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+address(t)+"/?"+params, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		req.Header[k] = v
	}
	if h := header.Get("Host"); h != "" {
		req.Host = h
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, string(b), res.Header}, err
}

func TestStatusOfErrors(t *testing.T) {
	header := func(k, v string) http.Header { return http.Header{http.CanonicalHeaderKey(k): {v}} }
	for name, c := range map[string]struct {
		method, params, body string
		header               http.Header
		status               int
		code                 string
	}{
		"good":             {"POST", "", "SELECT 1", nil, 200, ""},
		"unknown table":    {"POST", "", "SELECT * FROM nope", nil, 404, "60"},
		"syntax":           {"POST", "", "SELEC 1", nil, 400, "62"},
		"empty":            {"POST", "", " -- nothing", nil, 400, "62"},
		"open string":      {"POST", "", "SELECT 'x", nil, 400, "62"},
		"no data":          {"POST", "", "INSERT INTO types", nil, 400, "62"},
		"unknown setting":  {"POST", "nope=1", "SELECT 1", nil, 400, "115"},
		"setting injected": {"POST", url.QueryEscape("a=1,b") + "=1", "SELECT 1", nil, 400, "115"},
		"unknown database": {"POST", "database=" + url.QueryEscape("no`db"), "SELECT 1", nil, 404, "81"},
		"unknown user":     {"POST", "user=nobody", "SELECT 1", nil, 403, "516"},
		"wrong password":   {"POST", "user=secret&password=x", "SELECT 1", nil, 403, "516"},
		"password in URL":  {"POST", "user=secret&password=" + url.QueryEscape("p'w"), "SELECT 1", nil, 200, ""},
		"password header":  {"POST", "", "SELECT 1", http.Header{"X-Clickhouse-User": {"secret"}, "X-Clickhouse-Key": {"p'w"}}, 200, ""},
		"write by GET":     {"GET", "query=" + url.QueryEscape("CREATE TABLE g (a Int8) ENGINE = Memory"), "", nil, 500, "164"},
		"web page":         {"POST", "", "SELECT 1", header("Origin", "http://shop.example"), 403, "497"},
		"image in a page":  {"GET", "query=SELECT+1", "", header("Sec-Fetch-Site", "cross-site"), 403, "497"},
		"rebound name":     {"POST", "", "SELECT 1", header("Host", "shop.example:8123"), 403, "497"},
		"form":             {"POST", "", "x", header("Content-Type", "multipart/form-data; boundary=x"), 501, "48"},
		"encoding":         {"POST", "", "x", header("Content-Encoding", "snappy"), 400, "33"},
		"broken gzip":      {"POST", "", "INSERT INTO t FORMAT CSV\n1", header("Content-Encoding", "gzip"), 400, "33"},
		"method":           {"PUT", "", "SELECT 1", nil, 405, ""},
	} {
		got, err := request(t, c.method, c.params, c.body, c.header)
		if err != nil || got.status != c.status || got.header.Get("X-ClickHouse-Exception-Code") != c.code {
			t.Errorf("%s: status %d, code %q, %v, want %d, %q: %.200s", name, got.status, got.header.Get("X-ClickHouse-Exception-Code"), err, c.status, c.code, got.body)
		}
		if c.code != "" && !strings.HasPrefix(got.body, "Code: "+c.code+". DB::Exception: ") {
			t.Errorf("%s: body %.200q", name, got.body)
		}
	}
}

func TestTooLargeInsertChangesNothing(t *testing.T) {
	conn := open(t, "default", "", clickhouse.CompressionNone)
	exec(t, conn, "CREATE OR REPLACE TABLE large (s String) ENGINE = MergeTree ORDER BY ()")
	got, err := request(t, "POST", "query="+url.QueryEscape("INSERT INTO large FORMAT CSV"), strings.Repeat("x\n", 33<<20), nil)
	if err != nil || got.status != http.StatusRequestEntityTooLarge || got.header.Get("X-ClickHouse-Exception-Code") != "307" {
		t.Errorf("66 MiB into a limit of 64: status %d %v %s", got.status, err, got.body)
	}
	if n := one[uint64](t, conn, "SELECT count() FROM large"); n != 0 {
		t.Errorf("%d rows of a refused insert", n)
	}
}
