package chhttp_test

import (
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// Every kind of statement that a client may send gives status 200 and the text that belongs to it.
func TestKindsOfStatements(t *testing.T) {
	exec(t, open(t, "default", "", clickhouse.CompressionNone), "CREATE DATABASE IF NOT EXISTS kinds")
	for _, c := range []struct{ statement, want string }{
		{"CREATE OR REPLACE TABLE a (k UInt32, v String) ENGINE = ReplacingMergeTree ORDER BY k", ""},
		{"INSERT INTO a VALUES (1, 'x'), (2, 'y')", ""},
		{"INSERT INTO a SELECT k, 'z' FROM a WHERE k = 2", ""},
		{"SELECT * FROM a FINAL ORDER BY k", "1\tx\n2\tz\n"},
		{"SELECT count() FROM a FORMAT Null", ""},
		{"SELECT k, count() FROM a GROUP BY k WITH TOTALS ORDER BY k FORMAT CSV", "1,1\n2,2\n\n0,3\n"},
		{"FROM a SELECT max(k)", "2\n"},
		{"SHOW TABLES", "a\n"},
		{"SHOW TABLES LIKE 'b' FORMAT JSONEachRow", ""},
		{"SHOW CREATE TABLE a", "CREATE TABLE kinds.a"},
		{"SHOW PROCESSLIST", "system.processes"},
		{"SHOW COLUMNS FROM a", "k\tUInt32"},
		{"DESC a", "k\tUInt32"},
		{"EXPLAIN SELECT * FROM a", "ReadFromMergeTree"},
		{"EXPLAIN SYNTAX SELECT * FROM a FORMAT JSONEachRow", "explain"},
		{"EXISTS a", "1\n"},
		{"CHECK TABLE a", "\t1\t"},
		{"CREATE OR REPLACE VIEW v AS SELECT k FROM a", ""},
		{"CREATE MATERIALIZED VIEW IF NOT EXISTS m ENGINE = SummingMergeTree ORDER BY k AS SELECT k, count() AS n FROM a GROUP BY k", ""},
		{"ALTER TABLE a ADD COLUMN IF NOT EXISTS w Nullable(UInt8)", ""},
		{"ALTER TABLE a DELETE WHERE k = 1 SETTINGS mutations_sync = 1", ""},
		{"DELETE FROM a WHERE k = 5", ""},
		{"OPTIMIZE TABLE a FINAL", ""},
		{"SELECT * FROM a", "2\tz\t\\N\n"},
		{"SYSTEM FLUSH LOGS", ""},
		{"RENAME TABLE a TO b", ""},
		{"TRUNCATE TABLE b", ""},
		{"KILL QUERY WHERE query_id = 'none'", ""},
		{"GRANT SELECT ON *.* TO default", ""},
		{"DROP TABLE m SYNC", ""},
		{"DROP TABLE b SYNC", ""},
		{"DROP DATABASE kinds SYNC", ""},
	} {
		got, err := request(t, "POST", "database=kinds", c.statement, nil)
		switch {
		case strings.HasPrefix(c.statement, "GRANT"):
			if got.status == 200 || got.header.Get("X-ClickHouse-Exception-Code") == "" {
				t.Errorf("%s: status %d: users are not the engine's", c.statement, got.status)
			}
		case err != nil || got.status != 200:
			t.Errorf("%s: %d %v %.300s", c.statement, got.status, err, got.body)
		case c.want == "" && got.body != "" || !strings.Contains(got.body, c.want):
			t.Errorf("%s: %q, want %q", c.statement, got.body, c.want)
		}
	}
}
