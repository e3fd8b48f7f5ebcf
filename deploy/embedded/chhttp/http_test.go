package chhttp_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

func TestPingWithoutCredentials(t *testing.T) {
	for _, path := range []string{"/ping", "/replicas_status", "/"} {
		res, err := http.Get("http://" + address(t) + path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != 200 || string(b) != "Ok.\n" || res.Body.Close() != nil {
			t.Errorf("%s: %d %q %v", path, res.StatusCode, b, err)
		}
	}
}

func TestWhereTheStatementStands(t *testing.T) {
	exec(t, open(t, "default", "", clickhouse.CompressionNone), "CREATE OR REPLACE TABLE format (a UInt32, s String DEFAULT 'd') ENGINE = MergeTree ORDER BY a")
	for i, c := range []struct{ query, body string }{
		{"INSERT INTO format FORMAT CSV", "1,x\n"},
		{"INSERT INTO format (a) FORMAT CSV", "2\n"},
		{"", "INSERT INTO format FORMAT JSONEachRow\n{\"a\":3}"},
		{"INSERT INTO format", "SETTINGS async_insert = 1, max_threads = 1 FORMAT TSV\n4\ty"},
		{"INSERT INTO format VALUES (5, 'FORMAT CSV'), ", "(6, ';')"},
		{"", "/* INSERT */ insert into `format` (s, a) values ('VALUES', 7);"},
		{"INSERT INTO default.format SELECT number + 8, 'SELECT'", "FROM numbers(2)"},
		{"INSERT INTO format", "WITH 10 AS x SELECT x, ''"},
	} {
		got, err := request(t, "POST", "query="+url.QueryEscape(c.query), c.body, nil)
		if err != nil || got.status != 200 {
			t.Errorf("%d: %s: %d %s %v", i, c, got.status, got.body, err)
		}
		if want := `"written_rows":"`; !strings.Contains(got.header.Get("X-ClickHouse-Summary"), want) {
			t.Errorf("%d: summary %s", i, got.header.Get("X-ClickHouse-Summary"))
		}
	}
	for params, want := range map[string]string{
		"query=" + url.QueryEscape("SELECT count(), sum(a) FROM format"):                                      "10\t55\n",
		"query=" + url.QueryEscape("SELECT count() c FROM format FORMAT JSONEachRow"):                         "{\"c\":10}\n",
		"query=" + url.QueryEscape("SELECT count() FROM format;") + "&default_format=CSV":                     "10\n",
		"query=" + url.QueryEscape("SELECT count() c FROM format FORMAT CSVWithNames SETTINGS max_threads=1"): "\"c\"\n10\n",
		"query=" + url.QueryEscape("(SELECT 1) UNION ALL (SELECT 1)"):                                         "1\n1\n",
		"query=" + url.QueryEscape("WITH 2 AS x SELECT x -- FORMAT CSV"):                                      "2\n",
		"query=" + url.QueryEscape("EXISTS TABLE format"):                                                     "1\n",
		"query=" + url.QueryEscape("SELECT {a:UInt8} + {b:Int64}") + "&param_a=1&param_b=-3":                  "-2\n",
		"query=" + url.QueryEscape("SELECT {s:String}") + "&param_s=" + url.QueryEscape("it''s \\t") + "":     "it\\'\\'s \\t\n",
	} {
		if got, err := request(t, "GET", params, "", nil); err != nil || got.body != want {
			t.Errorf("%s: %q %v, want %q", params, got.body, err, want)
		}
	}
}

func TestRequestEncodings(t *testing.T) {
	conn := open(t, "default", "", clickhouse.CompressionNone)
	exec(t, conn, "CREATE OR REPLACE TABLE encoded (a UInt32) ENGINE = MergeTree ORDER BY a")
	writers := map[string]func(io.Writer) io.WriteCloser{
		"gzip": func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"lz4":  func(w io.Writer) io.WriteCloser { return lz4.NewWriter(w) },
		"zstd": func(w io.Writer) io.WriteCloser {
			z, err := zstd.NewWriter(w)
			if err != nil {
				t.Fatal(err)
			}
			return z
		},
	}
	for encoding, open := range writers {
		var b bytes.Buffer
		w := open(&b)
		if _, err := fmt.Fprint(w, "INSERT INTO encoded FORMAT CSV\n1\n2\n"); err != nil || w.Close() != nil {
			t.Fatal(err)
		}
		got, err := request(t, "POST", "", b.String(), http.Header{"Content-Encoding": {encoding}})
		if err != nil || got.status != 200 {
			t.Errorf("%s: %d %s %v", encoding, got.status, got.body, err)
		}
	}
	if n := one[uint64](t, conn, "SELECT count() FROM encoded"); n != 6 {
		t.Errorf("%d rows, want 6", n)
	}
}

// formats go out and come back in.
func TestFormatsRoundTrip(t *testing.T) {
	conn := open(t, "default", "", clickhouse.CompressionNone)
	exec(t, conn, "CREATE OR REPLACE TABLE source (a UInt64, s String, d Decimal(38, 6), t DateTime64(3, 'UTC'), l LowCardinality(String), n Nullable(String), x Array(String)) ENGINE = MergeTree ORDER BY a",
		"INSERT INTO source SELECT number, toString(number), number / 7, fromUnixTimestamp64Milli(1700000000000 + number, 'UTC'), toString(number % 3), if(number % 2, NULL, 'n'), ['x', ''] FROM numbers(5000)")
	for _, format := range []string{"Native", "RowBinary", "CSV", "CSVWithNames", "TabSeparated", "JSONEachRow", "JSONCompactEachRow", "Parquet", "ArrowStream", "Values", "MsgPack"} {
		exec(t, conn, "CREATE OR REPLACE TABLE target AS source")
		out, err := request(t, "POST", "", "SELECT * FROM source ORDER BY a FORMAT "+format, nil)
		if err != nil || out.status != 200 || out.header.Get("X-ClickHouse-Format") != format {
			t.Fatalf("%s: %d %.200s %v", format, out.status, out.body, err)
		}
		in, err := request(t, "POST", "query="+url.QueryEscape("INSERT INTO target FORMAT "+format), out.body, nil)
		if err != nil || in.status != 200 {
			t.Errorf("%s back: %d %s %v", format, in.status, in.body, err)
			continue
		}
		if n := one[uint64](t, conn, "SELECT count() FROM (SELECT * FROM source EXCEPT SELECT * FROM target)"); n != 0 {
			t.Errorf("%s: %d of 5000 rows differ", format, n)
		}
	}
}

func TestClientThatLeavesInsideAnInsertLeavesNothing(t *testing.T) {
	conn := open(t, "default", "", clickhouse.CompressionNone)
	exec(t, conn, "CREATE OR REPLACE TABLE half (a UInt32) ENGINE = MergeTree ORDER BY a")
	for range 5 {
		c, err := net.Dial("tcp", address(t))
		if err != nil {
			t.Fatal(err)
		}
		rows := strings.Repeat("1\n", 100000)
		if _, err := fmt.Fprintf(c, "POST /?query=INSERT+INTO+half+FORMAT+CSV HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s", 2*len(rows), rows); err != nil {
			t.Fatal(err)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if n := one[uint64](t, conn, "SELECT count() FROM half"); n != 0 {
		t.Errorf("%d rows of unfinished inserts", n)
	}
}

// The engine writes to a pipe whose reader is gone: without SIGPIPE ignored the process would end here.
func TestClientsThatLeaveInsideAResult(t *testing.T) {
	conn := open(t, "default", "", clickhouse.CompressionNone)
	for _, format := range []string{"Native", "CSV", "JSON", "Parquet"} {
		ctx, cancel := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, "POST", "http://"+address(t)+"/", strings.NewReader("SELECT number AS leaver, repeat('x', 100) FROM numbers(100000000) FORMAT "+format))
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(io.Discard, res.Body, 1<<20); err != nil && format != "Parquet" {
			t.Fatal(format, err)
		}
		cancel()
		if err := res.Body.Close(); err != nil {
			t.Fatal(err)
		}
	}
	waitFor(t, "the abandoned queries to end", func() bool {
		return one[uint64](t, conn, "SELECT count() FROM system.processes WHERE query LIKE '%leaver%' AND query NOT LIKE '%system.processes%'") == 0
	})
}

func TestReadersAndWritersTogether(t *testing.T) {
	conn := open(t, "default", "", clickhouse.CompressionNone)
	exec(t, conn, "CREATE OR REPLACE TABLE load (id UInt64, at DateTime64(3, 'UTC'), shop LowCardinality(String), amount Decimal(38, 6)) ENGINE = MergeTree ORDER BY (shop, at)")
	const writers, readers, batches, rows = 2, 4, 10, 5000
	failed := make(chan error, writers+readers)
	for range writers {
		go func() { failed <- writeBatches(t.Context(), conn, batches, rows) }()
	}
	for range readers {
		go func() {
			var err error
			for i := 0; i < 20 && err == nil; i++ {
				var n uint64
				err = conn.QueryRow(t.Context(), "SELECT sum(c) FROM (SELECT shop, count() AS c, sum(amount) FROM load GROUP BY shop)").Scan(&n)
			}
			failed <- err
		}()
	}
	for range writers + readers {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	if n := one[uint64](t, conn, "SELECT count() FROM load"); n != writers*batches*rows {
		t.Errorf("%d rows, want %d", n, writers*batches*rows)
	}
}

func writeBatches(ctx context.Context, conn clickhouse.Conn, batches, rows int) error {
	for range batches {
		b, err := conn.PrepareBatch(ctx, "INSERT INTO load")
		if err != nil {
			return err
		}
		for i := range rows {
			if err := b.Append(uint64(i), int64(1700000000000+i), "shop", "1.5"); err != nil {
				return err
			}
		}
		if err := b.Send(); err != nil {
			return err
		}
	}
	return nil
}
