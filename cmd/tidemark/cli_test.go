package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// call runs the program in this process.
func call(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, &out, &errs)
	return code, out.String(), errs.String()
}

// TestBrokenSettings starts the program with wrong and missing settings: one line, which says what to do, and no start.
func TestBrokenSettings(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	shops := "../../deploy/demo/shops.yaml"
	noShops := write("none.yaml", "shops: []\n")
	badZone := write("zone.yaml", "shops: [{id: a, zone: Mars, currency: EUR, market: de, stage: new}]\n")
	empty := write("empty", "\n")
	alert := "alert run --clickhouse http://127.0.0.1:1/db --shops " + shops + " --listen 127.0.0.1:0 --admin 127.0.0.1:0 "
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	tests := []struct {
		args string
		code int
		want string
	}{
		{"nonsense", exitUsage, "nonsense"},
		{"collect --no-such-flag", exitUsage, "--no-such-flag"},
		{"collect", exitUsage, "--brokers"},
		{"collect --brokers localhost", exitUsage, "no host:port"},
		{"collect --brokers localhost:", exitUsage, "no host:port"},
		{"collect --brokers localhost:1", exitUsage, "--shops"},
		{"collect --brokers localhost:1 --shops " + dir + "/absent.yaml", exitUsage, "name an existing file"},
		{"collect --brokers localhost:1 --shops " + noShops, exitUsage, "list at least one shop"},
		{"collect --brokers localhost:1 --shops " + badZone, exitUsage, "Europe/Berlin"},
		{"collect --brokers localhost:1 --shops " + shops + " --proxies 10.0.0", exitUsage, "--proxies"},
		{"collect --brokers localhost:1 --shops " + shops + " --drain-delay soon", exitUsage, "drain-delay"},
		{"collect --brokers localhost:1 --shops " + shops + " --admin " + taken.Addr().String() + " --listen 127.0.0.1:0", exitFailure, "choose another address"},
		{"collect --brokers localhost:1 --shops " + shops + " --spool " + empty, exitUsage, "--spool"},
		{"collect --brokers localhost:1 --shops " + shops + " --spool " + dir + "/s --spool-max 1MiB", exitUsage, "64MiB"},
		{"collect --brokers localhost:1 --shops " + shops + " --spool-max lots", exitUsage, "512MiB"},
		{"process", exitUsage, "--group"},
		{"process --group middle", exitUsage, "fast"},
		{"process --group fast", exitUsage, "--brokers"},
		{"process --group fast --brokers localhost:1", exitUsage, "--clickhouse"},
		{"process --group fast --brokers localhost:1 --clickhouse ://", exitUsage, "should look like"},
		{"process --group fast --brokers localhost:1 --clickhouse http://127.0.0.1:1/db", exitFailure, "127.0.0.1:1"},
		{"process --group slow --shops " + noShops, exitUsage, "list at least one shop"},
		{"land --brokers localhost:1", exitUsage, "--clickhouse"},
		{"land", exitUsage, "--brokers"},
		{"apply", exitUsage, "nothing to apply to"},
		{"apply --brokers localhost:1 --partitions 0", exitUsage, "--partitions"},
		{"apply --clickhouse http://127.0.0.1:1/db --shops " + noShops, exitUsage, "list at least one shop"},
		{"generate --dir " + dir, exitUsage, "not the root of the repository"},
		{"alert run", exitUsage, "--shops"},
		{"alert run --shops " + shops, exitUsage, "--clickhouse"},
		{"alert run --shops " + noShops, exitUsage, "list at least one shop"},
		{"alert run --listen :8005", exitUsage, "--allow-remote"},
		{"alert run --listen here", exitUsage, "no host:port"},
		{"alert run --every 10ms", exitUsage, "at least 1s"},
		{alert + "--raise nobody", exitUsage, "grafana"},
		{alert + "--raise grafana", exitUsage, "--hook-token-file"},
		{alert + "--hook-token-file " + dir + "/absent", exitUsage, "no such file"},
		{alert + "--hook-token-file " + empty, exitUsage, "is empty"},
		{alert + "--webhook nowhere", exitUsage, "https://"},
		{alert + "--webhook http://h/ --webhook-secret-file " + empty, exitUsage, "is empty"},
		{alert + "--webhook-secret-file " + noShops, exitUsage, "give --webhook too"},
		{alert + "--alertmanager am:9093", exitUsage, "http://"},
		{alert + "--webhook http://h/ --raise grafana --hook-token-file " + noShops, exitFailure, "127.0.0.1:1"},
		{"preview", exitUsage, "--clickhouse"},
		{"preview --clickhouse clickhouse://h:9000/db", exitUsage, "over HTTP"},
		{"preview --listen 0.0.0.0:3000", exitUsage, "--allow-remote"},
		{"preview --listen [::]:3000", exitUsage, "--allow-remote"},
		{"preview --listen 3000", exitUsage, "no host:port"},
		{"preview --clickhouse http://h:8123 --alerts h:8005", exitUsage, "--alerts"},
		{"preview --clickhouse http://h:8123 --boards " + dir, exitUsage, "--boards"},
		{"preview --clickhouse http://h:8123 --listen " + taken.Addr().String(), exitFailure, "choose another address"},
		{"demo --incident flood --lib " + noShops, exitUsage, "payment-outage"},
		{"demo --incident payment-outage --no-simulator --lib " + noShops, exitUsage, "--no-simulator"},
		{"demo --lib " + dir + "/absent.so", exitUsage, "absent.so"},
		{"demo --speed fast", exitUsage, "--speed"},
		{"recompute --clickhouse http://h:8123", exitUsage, "--from"},
		{"recompute --clickhouse http://h:8123 --from yesterday", exitUsage, "neither a time"},
		{"recompute --clickhouse http://h:8123 --from 2026-03-02 --to 2026-03-01", exitUsage, "later than"},
		{"recompute --clickhouse http://h:8123 --from 2026-03-02 --metric nonsense", exitUsage, "page_views"},
		{"recompute --from 2026-03-02", exitUsage, "--clickhouse"},
		{"import", exitUsage, "no input is named"},
		{"import " + noShops + " --check", exitUsage, "--archive"},
		{"import " + noShops + " --offline", exitUsage, "--archive"},
		{"import " + noShops + " --archive " + dir, exitUsage, "not both"},
		{"import --archive " + dir + " --mapping " + noShops, exitUsage, "--only-shop"},
		{"import --archive " + dir + " --dry-run", exitUsage, "--check"},
		{"import --archive " + dir + " --no-recompute --offline", exitUsage, "--no-recompute"},
		{"import --archive " + dir + " --family books", exitUsage, "clickstream"},
		{"import --archive " + dir + " --from yesterday", exitUsage, "neither a time"},
		{"import --archive " + dir + " --from 2026-03-02 --to 2026-03-02", exitUsage, "later than"},
		{"import --archive ftp://h/p", exitUsage, "s3://bucket/prefix"},
		{"import --archive " + dir, exitUsage, "--clickhouse"},
		{"import --archive " + dir + " --clickhouse http://127.0.0.1:1/db", exitFailure, "127.0.0.1:1"},
		{"import --archive " + dir + "/absent --check", exitFailure, "no archive"},
		{"archive", exitUsage, "--brokers"},
		{"archive --brokers localhost:1", exitUsage, "no archive is named"},
		{"archive --brokers localhost:1 --to " + dir + " --every 7m", exitUsage, "multiple"},
		{"archive --brokers localhost:1 --to ftp://h/p", exitUsage, "s3://bucket/prefix"},
		{"correct", exitUsage, "--clickhouse"},
		{"correct --every 1ms --clickhouse http://h:8123", exitUsage, "--every"},
		{"bench", exitUsage, "--query"},
		{"bench --query q9 --topic t --out f", exitUsage, "q1"},
		{"bench --query q1 --topic t --out f", exitUsage, "--brokers"},
		{"engine", exitUsage, "--data"},
		{"audit", exitUsage, "--clickhouse"},
		{"audit --clickhouse http://127.0.0.1:1/db", exitFailure, "127.0.0.1:1"},
		{"audit --clickhouse http://127.0.0.1:1/db --family books", exitUsage, "clickstream"},
		{"audit --clickhouse http://127.0.0.1:1/db --brokers here", exitUsage, `"here" is no host:port`},
		{"audit --clickhouse http://127.0.0.1:1/db --from 2026-06-18T00:00:00Z --to 2026-06-18T00:00:59Z", exitUsage, "--from"},
		{"deadletter list", exitUsage, "--brokers"},
		{"deadletter list --brokers localhost:1 --kind odd", exitUsage, "bad_currency"},
		{"deadletter list --brokers localhost:1 --since soon", exitUsage, "neither a time"},
		{"deadletter list --brokers localhost:1 --limit -1", exitUsage, "--limit"},
		{"deadletter list --brokers localhost:1 --json --count", exitUsage, "not both"},
		{"deadletter show --brokers localhost:1", exitUsage, "key"},
		{"deadletter replay --brokers localhost:1 --shops " + shops, exitUsage, "--all"},
		{"deadletter replay --brokers localhost:1 --all", exitUsage, "--shops"},
		{"deadletter replay --brokers localhost:1 --shops " + shops + " --file " + dir + "/absent", exitUsage, "no such file"},
		{"deadletter replay --brokers localhost:1 --shops " + shops + " --file " + badZone, exitUsage, "line 1"},
		{"version --log-level loud", exitUsage, "debug"},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			code, stdout, stderr := call(t, strings.Fields(tt.args)...)
			if code != tt.code || !strings.Contains(stderr, tt.want) {
				t.Errorf("exit %d with %q, want %d with %q", code, stderr, tt.code, tt.want)
			}
			last := stderr[strings.LastIndex(stderr, "tidemark: "):]
			if strings.Count(last, "\n") != 1 || tt.code == exitUsage && (last != stderr || stdout != "") {
				t.Errorf("more than one line: %q %q", stdout, stderr)
			}
		})
	}
}

func TestSettingsFromTheEnvironment(t *testing.T) {
	t.Setenv("TIDEMARK_BROKERS", "broker-a:9092,broker-b")
	code, _, stderr := call(t, "collect")
	if code != exitUsage || !strings.Contains(stderr, `"broker-b"`) {
		t.Errorf("exit %d with %q", code, stderr)
	}
}

func TestHelpNamesEveryCommandButTheEngine(t *testing.T) {
	for _, args := range [][]string{nil, {"--help"}} {
		code, stdout, stderr := call(t, args...)
		if code != exitOK || stderr != "" || strings.Contains(stdout, "engine") {
			t.Errorf("exit %d, %q, %q", code, stdout, stderr)
		}
		for _, name := range []string{"collect", "process", "land", "archive", "import", "correct", "recompute", "rollup", "audit", "deadletter list", "deadletter show", "deadletter replay", "apply", "generate", "check", "alert run", "alert test", "preview", "demo", "bench", "version"} {
			if !strings.Contains(stdout, "\n  "+name+" ") {
				t.Errorf("help does not name %s", name)
			}
		}
	}
}

func TestVersion(t *testing.T) {
	if code, stdout, _ := call(t, "version"); code != exitOK || !strings.HasPrefix(stdout, "tidemark ") {
		t.Errorf("exit %d with %q", code, stdout)
	}
}

func TestCheck(t *testing.T) {
	code, stdout, stderr := call(t, "check", "--dir", "../..", "--shops", "../../deploy/demo/shops.yaml")
	if code != exitOK || !strings.Contains(stdout, "ok   shops file: 3 shops") || !strings.Contains(stdout, "ok   generated files") ||
		!strings.Contains(stdout, "ok   boards: 10 boards") || !strings.Contains(stdout, "ok   alerts: 6 rules") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	code, stdout, stderr = call(t, "check", "--dir", t.TempDir(), "--clickhouse", "http://127.0.0.1:1/db")
	if code != exitFailure || !strings.Contains(stdout, "BAD  clickhouse") || !strings.Contains(stderr, "not in order: clickhouse") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
}

func TestGenerate(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := call(t, "generate", "--check", "--dir", dir); code != exitFailure || !strings.Contains(stderr, "docs/metrics.md") {
		t.Errorf("an empty repository: exit %d with %q", code, stderr)
	}
	if code, stdout, stderr := call(t, "generate", "--dir", dir); code != exitOK || !strings.Contains(stdout, "schemas/gen/events.md") {
		t.Errorf("exit %d: %q %q", code, stdout, stderr)
	}
	for _, left := range []string{"schemas/gen/json/gone.schema.json", "dashboards/gen/en/gone.json", "alerts/gen/gone.yaml", "docs/runbooks/gone.md"} {
		path := filepath.Join(dir, filepath.FromSlash(left))
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, stderr := call(t, "generate", "--check", "--dir", dir); code != exitFailure || !strings.Contains(stderr, left) {
			t.Errorf("a file too many: exit %d with %q", code, stderr)
		}
		if code, _, stderr := call(t, "generate", "--dir", dir); code != exitOK {
			t.Errorf("exit %d: %q", code, stderr)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s is still there", left)
		}
	}
	if code, stdout, _ := call(t, "generate", "--dir", dir); code != exitOK || stdout != "" {
		t.Errorf("a second time: exit %d, wrote %q", code, stdout)
	}
}

func TestWithDatabase(t *testing.T) {
	for in, want := range map[string]string{
		"http://h:8123":                 "http://h:8123/default",
		"http://h:8123/":                "http://h:8123/default",
		"http://u:p@h:8123/shop":        "http://u:p@h:8123/shop",
		"clickhouse://h:9000?x=1":       "clickhouse://h:9000/default?x=1",
		"http://h:8123?database=shop":   "http://h:8123?database=shop",
		"clickhouse://a:1,b:2/tidemark": "clickhouse://a:1,b:2/tidemark",
	} {
		if got := withDatabase(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestServeEndsWithTheWork(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	started := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- serve(ctx, "127.0.0.1:0", newRegistry(), func() error { return nil }, func(ctx context.Context) error {
			close(started)
			<-ctx.Done()
			return nil
		})
	}()
	<-started
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
