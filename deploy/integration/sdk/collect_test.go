//go:build integration

package sdk

import (
	"bytes"
	"context"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tidemark/deploy/integration/chaos"
	"tidemark/deploy/integration/child"
	"tidemark/deploy/integration/fault"
	"tidemark/deploy/integration/rig"
	"tidemark/schemas"
)

const (
	publicKey = "pk_sdk_public"
	secretKey = "sk_sdk_secret_0001"
)

// TestSDKsEndToEnd is the acceptance of the Segment dialect: the published SDKs, told the host and a key, send a visit
// each; the collector answers, the answer is lost and comes to the SDK as a 503, the SDK tries again, and everything is
// in ClickHouse once.
func TestSDKsEndToEnd(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	node, err := Node(ctx)
	if err != nil {
		t.Fatal(err)
	}
	python, err := Python(ctx)
	if err != nil {
		t.Fatal(err)
	}
	r, err := rig.Start(ctx, t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close) // after the programs, which are stopped first
	collector := startAll(ctx, t, r)

	faulty := visit(ctx, t, collector, node, secretKey, Visit{AnonymousID: "anon-n", UserID: "user-n", OrderID: "n-1"})
	faulty += visit(ctx, t, collector, python, secretKey, Visit{AnonymousID: "anon-p", UserID: "user-p", OrderID: "p-1", Gzip: true})
	faulty += visit(ctx, t, collector, python, publicKey, Visit{AnonymousID: "anon-q", UserID: "user-q", OrderID: "q-1"})
	if faulty != 3 {
		t.Errorf("%d requests landed and were answered 503, want 3", faulty)
	}

	for _, tt := range wanted() {
		await(ctx, t, r.ClickHouse, tt.sql, tt.want)
	}
	rows, err := Query(ctx, r.ClickHouse.URL, "SELECT toString(sum(gmv)) FROM tidemark.v_trade WHERE shop = 'sdk'")
	if err != nil || len(rows) != 1 || rows[0] != `["113.62"]` {
		t.Errorf("clickhouse-connect reads %v, %v", rows, err)
	}
	checkNoClearText(ctx, t, r, "canary.visitor@example.com", "+12025550143")
}

type wantedRow struct{ sql, want string }

// wanted holds three visits, two with a secret key: only those are orders, all three are purchases. Every request came
// twice, so the raw tables hold as many copies, marked.
func wanted() []wantedRow {
	return []wantedRow{
		{"SELECT type, count() FROM v_events_clickstream WHERE shop = 'sdk' GROUP BY type ORDER BY type",
			"add_payment_info 3, add_to_cart 3, begin_checkout 3, identify 3, page_view 3, purchase 3, view_item 3"},
		{"SELECT countIf(duplicate), countIf(NOT duplicate) FROM events_clickstream FINAL WHERE shop = 'sdk'", "21 21"},
		{"SELECT type, count(), sum(total), any(currency) FROM v_events_orders WHERE shop = 'sdk' GROUP BY type ORDER BY type",
			"order_paid 2 113.62 USD, order_placed 2 113.62 USD"},
		{"SELECT sum(orders), sum(gmv), sum(paid_orders), sum(paid) FROM v_trade WHERE shop = 'sdk'", "2 113.62 2 113.62"},
		{"SELECT sum(views), sum(visitors) FROM v_page_views WHERE shop = 'sdk'", "3 3"},
	}
}

// startAll starts the programs and returns the collector's base URL.
func startAll(ctx context.Context, t *testing.T, r *rig.Rig) *url.URL {
	listen, admin := address(t), address(t)
	programs := map[string][]string{
		"collect": r.Programs.Collect(listen, admin), "fast": r.Programs.Process("fast"),
		"slow": r.Programs.Process("slow"), "land": r.Programs.Land(),
	}
	for name, argv := range programs {
		process, err := child.Start(name, filepath.Join(r.Dir, name+".log"), nil, argv...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := process.Stop(20 * time.Second); err != nil {
				t.Error(err)
			}
		})
		if name != "collect" {
			continue
		}
		if err := rig.WaitHTTP(ctx, process, "http://"+admin+"/readyz"); err != nil {
			t.Fatal(err)
		}
	}
	return &url.URL{Scheme: "http", Host: listen}
}

func address(t *testing.T) string {
	addr, err := rig.FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

// visit sends one visit through a proxy that loses the first answer, and returns how many requests were in Kafka although
// the SDK was told that they had failed.
func visit(ctx context.Context, t *testing.T, collector *url.URL, client *Client, key string, v Visit) int64 {
	proxy := &fault.Proxy{Target: collector, Mode: fault.After, Count: 1}
	front := httptest.NewServer(proxy)
	defer front.Close()
	if _, err := client.Send(ctx, front.URL, key, v); err != nil {
		t.Fatal(err)
	}
	return proxy.Landed()
}

// await asks until the answer is as wanted; rows are joined by commas, columns by blanks.
func await(ctx context.Context, t *testing.T, ch rig.ClickHouse, sql, want string) {
	t.Helper()
	began := time.Now()
	for {
		rows, err := ch.Query(ctx, sql)
		lines := make([]string, len(rows))
		for i, row := range rows {
			lines[i] = strings.Join(row, " ")
		}
		got := strings.Join(lines, ", ")
		if got == want {
			return
		}
		if time.Since(began) > 30*time.Second {
			t.Errorf("%s\n got %s (%v)\nwant %s", sql, got, err, want)
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// checkNoClearText looks for personal data in what Kafka and ClickHouse hold, decompressed, and in every log; a word that
// must be there shows that the search can find something.
func checkNoClearText(ctx context.Context, t *testing.T, r *rig.Rig, canaries ...string) {
	const control = "MUG-BLUE"
	topics := []string{schemas.Clickstream.Topic(), schemas.Orders.Topic(), schemas.DeadLetterTopic}
	ends, err := chaos.EndOffsets(ctx, r.Kafka.Brokers(), topics...)
	if err != nil {
		t.Fatal(err)
	}
	log, err := chaos.ReadLog(ctx, r.Kafka.Brokers(), ends)
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]int)
	for _, word := range append(canaries, control) {
		for _, record := range log {
			found[word] += bytes.Count(record.Value, []byte(word))
		}
		for _, table := range []string{schemas.Clickstream.RawTable(), schemas.Orders.RawTable()} {
			rows, err := r.ClickHouse.Query(ctx, "SELECT countIf(position(toString(tuple(*)), '"+word+"') > 0) FROM "+table)
			if err != nil {
				t.Fatal(err)
			}
			count, err := strconv.Atoi(rows[0][0])
			if err != nil {
				t.Fatal(err)
			}
			found[word] += count
		}
	}
	for _, canary := range canaries {
		if found[canary] != 0 {
			t.Errorf("%s is stored in clear %d times", canary, found[canary])
		}
	}
	if found[control] == 0 {
		t.Errorf("the search does not even find %s", control)
	}
	searchLogs(t, r.Dir, canaries)
}

func searchLogs(t *testing.T, dir string, canaries []string) {
	logs, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil || len(logs) < 5 {
		t.Fatalf("the programs' logs are %v: %v", logs, err)
	}
	for _, path := range logs {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, canary := range canaries {
			if bytes.Contains(content, []byte(canary)) {
				t.Errorf("%s holds %s in clear", filepath.Base(path), canary)
			}
		}
	}
}
