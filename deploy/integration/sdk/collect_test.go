//go:build integration

package sdk

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tidemark/deploy/integration/child"
	"tidemark/deploy/integration/rig"
)

// TestSDKsEndToEnd is the acceptance of the dialects: every published client, told the host and a key, sends a visit; the
// collector answers, the answer to each request is lost and comes to the client as a 503, the client tries again, and
// everything is in ClickHouse once. What identifies a person is nowhere.
func TestSDKsEndToEnd(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	clients, err := Clients(ctx)
	if err != nil {
		t.Fatal(err)
	}
	all := shoppers(clients)
	r, err := rig.Start(ctx, t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close) // after the programs, which are stopped first
	if err := writeShops(r.Programs.Shops, all); err != nil {
		t.Fatal(err)
	}
	uncompress(ctx, t, r)
	collector := startAll(ctx, t, r)

	began := time.Now()
	together(t, clients, func(i int) error { return send(ctx, collector, &all[i]) })
	for _, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			for _, want := range wanted(&s, began) {
				await(ctx, t, r.ClickHouse, want.sql, want.rows)
			}
		})
	}
	rows, err := Query(ctx, r.ClickHouse.URL, "SELECT toString(uniqExact(shop)), toString(sum(gmv)) FROM tidemark.v_trade")
	if err != nil || len(rows) != 1 || rows[0] != `["10", "568.1"]` { // of the twelve, two have a public key
		t.Errorf("clickhouse-connect reads %v, %v", rows, err)
	}
	checkNoClearText(ctx, t, r, collector, all[0].key())
}

// send sends a visit through a proxy that loses answers, and fails unless it did.
func send(ctx context.Context, collector *url.URL, s *shopper) error {
	proxy := lossy(&s.Client, collector)
	front := httptest.NewServer(proxy)
	defer front.Close()
	if err := s.Send(ctx, front.URL, s.key(), s.visit); err != nil {
		return err
	}
	if proxy.Landed() != proxy.Hits() || s.Retries != (proxy.Hits() > 0) {
		return fmt.Errorf("%s: %d answers were lost, %d of them good ones", s.Name, proxy.Hits(), proxy.Landed())
	}
	return nil
}

type wantedRows struct{ sql, rows string }

// wanted is what one visit leaves in its shop. Every request came twice, where the client tries again, so the raw tables
// hold two copies of each event, one of them marked; only a secret key writes orders.
func wanted(s *shopper, began time.Time) []wantedRows {
	clicks := s.Events
	if s.Source == "cloudevents" {
		clicks -= 2 // an order placed and paid
	}
	types := []string{"add_payment_info 1", "add_to_cart 1", "begin_checkout 1", "identify 1", "page_view 1", "purchase 1", "search 1", "view_item 1"}
	if s.Source == "snowplow" {
		types = append(types[:3], types[4:]...)
	}
	copies := func(n int) string {
		if s.Retries {
			return fmt.Sprintf("%d %d %d", n, n, n)
		}
		return fmt.Sprintf("0 %d %d", n, n)
	}
	orders, marked, trade := "order_paid 1 56.81 USD, order_placed 1 56.81 USD", copies(2), "1 56.81 1 56.81"
	if !s.secret {
		orders, marked, trade = "", "0 0 0", "0 0 0 0"
	}
	in := fmt.Sprintf(" WHERE shop = '%s'", s.Name)
	outside := fmt.Sprintf("countIf(toUnixTimestamp64Milli(occurred_at) < %d OR occurred_at > received_at)", began.UnixMilli())
	return []wantedRows{
		{"SELECT type, count() FROM v_events_clickstream" + in + " GROUP BY type ORDER BY type", strings.Join(types, ", ")},
		{"SELECT countIf(duplicate), countIf(NOT duplicate), uniqExact(event_id, occurred_at, anonymous_id, type) FROM events_clickstream FINAL" + in, copies(clicks)},
		{"SELECT any(source), uniqExact(source), " + outside + " FROM events_clickstream FINAL" + in, s.Source + " 1 0"},
		{"SELECT page, channel, campaign, utm_source, utm_medium FROM v_events_clickstream" + in + " AND type = 'page_view'", "/ email spring newsletter email"},
		{"SELECT order_id, value, currency, length(items.product_id) FROM v_events_clickstream" + in + " AND type = 'purchase'", s.visit.OrderID + " 56.81 USD 2"},
		{"SELECT query FROM v_events_clickstream" + in + " AND type = 'search'", "杯子 [number]"},
		{"SELECT type, count(), sum(total), any(currency) FROM v_events_orders" + in + " GROUP BY type ORDER BY type", orders},
		{"SELECT countIf(duplicate), countIf(NOT duplicate), uniqExact(event_id, occurred_at, order_id, type) FROM events_orders FINAL" + in, marked},
		{"SELECT count() FROM v_events_clickstream" + in + " AND NOT match(if(user_id = '', anonymous_id, user_id), '" + s.person() + "')", "0"},
		{"SELECT count() FROM v_events_orders" + in + " AND NOT match(buyer, '" + s.person() + "')", "0"},
		{"SELECT sum(orders), sum(gmv), sum(paid_orders), sum(paid) FROM v_trade" + in, trade},
		{"SELECT sum(views), sum(visitors) FROM v_page_views" + in, "1 1"},
	}
}

// startAll starts the programs and returns the collector's base URL.
func startAll(ctx context.Context, t *testing.T, r *rig.Rig) *url.URL {
	listen, admin := address(t), address(t)
	programs := map[string][]string{
		"collect": r.Programs.Collect(listen, admin), "fast": r.Programs.Process("fast"), "slow": r.Programs.Process("slow"),
		"land": r.Programs.Land(), "archive": r.Programs.Archive(filepath.Join(r.Dir, "archive")),
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
		if err == nil && got == want {
			return
		}
		if time.Since(began) > 30*time.Second {
			t.Errorf("%s\n got %s (%v)\nwant %s", sql, got, err, want)
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}
