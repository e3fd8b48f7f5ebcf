package chhttp_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
)

func TestReadOnlyUserCannotWriteOrReachFiles(t *testing.T) {
	exec(t, open(t, "default", "", clickhouse.CompressionNone), "CREATE OR REPLACE TABLE kept (a UInt8) ENGINE = MergeTree ORDER BY a", "INSERT INTO kept VALUES (1)")
	var reached atomic.Int64
	site := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer site.Close()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("canary\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for statement, code := range map[string]string{
		"INSERT INTO kept VALUES (2)": "164", "INSERT INTO kept SELECT 2": "164", "DROP TABLE kept": "164", "TRUNCATE TABLE kept": "164",
		"ALTER TABLE kept DELETE WHERE 1": "164", "CREATE DATABASE d": "164", "OPTIMIZE TABLE kept": "164", "SYSTEM FLUSH LOGS": "164", "KILL QUERY WHERE 1": "164",
		"SELECT 1 SETTINGS readonly = 0": "164", "SELECT 1 SETTINGS max_execution_time = 9999": "164",
		"SELECT 1 INTO OUTFILE '/tmp/tidemark-x'": "48", "SELECT 'outfile'": "48", "CHECK TABLE kept PARALLEL WITH KILL QUERY WHERE 1": "48",
		"SELECT * FROM url('{SITE}', 'LineAsString')": "164", "DESCRIBE TABLE url('{SITE}', 'CSVWithNames')": "497", "DESC /**/ `url` ('{SITE}')": "497",
		"SELECT * FROM file('{FILE}', 'LineAsString')": "497", "SELECT file('{FILE}')": "497", "SELECT `file`('{FILE}')": "497", "SELECT `fil\\x65`('{FILE}')": "62",
		"SELECT * APPLY(file) FROM (SELECT '{FILE}')": "497", "SELECT arrayMap(file, ['{FILE}'])": "497", "SELECT * FROM eval('SELECT 1')": "497",
		"SELECT * FROM executable('x', 'CSV', 'a String')": "164", "SELECT * FROM '{FILE}'": "164",
		"SELECT 1 // '\n; SELECT 2 -- '": "62", "SELECT '1' IN\u2003$a$1'$a$; SELECT 2 -- '": "62", "SELECT $a$x$a$": "62", "SELECT \u2018x\u2019": "62",
	} {
		statement = strings.NewReplacer("{SITE}", site.URL, "{FILE}", secret).Replace(statement)
		got, err := request(t, "POST", "user=grafana&readonly=0&max_execution_time=9999&implicit_select=1", statement, nil)
		if err != nil || got.header.Get("X-ClickHouse-Exception-Code") != code || strings.Contains(got.body, "canary") {
			t.Errorf("%s: status %d, want code %s: %v %.300s", statement, got.status, code, err, got.body)
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("a read-only user reached a web site %d times", n)
	}
}

func TestReadOnlyUserReads(t *testing.T) {
	exec(t, open(t, "default", "", clickhouse.CompressionNone), "CREATE OR REPLACE TABLE read (a UInt8) ENGINE = MergeTree ORDER BY a", "INSERT INTO read VALUES (1)")
	for statement, want := range map[string]string{
		"SELECT a, getSetting('max_execution_time'), getSetting('readonly') FROM read": "1\t60\t1\n",
		"SELECT 'file($1)', '中文', match('a$', 'a\\\\$') AS `中文` FROM read":             "file($1)\t中文\t1\n",
		"DESC (SELECT count() AS n FROM read) -- 中文 $":                                 "n\tUInt64\t\t\t\t\t\n",
		"DESCRIBE TABLE read": "a\tUInt8\t\t\t\t\t\n",
	} {
		got, err := request(t, "POST", "user=grafana&max_execution_time=9999", statement, nil)
		if err != nil || got.body != want {
			t.Errorf("%s: %q %v, want %q", statement, got.body, err, want)
		}
	}
}
