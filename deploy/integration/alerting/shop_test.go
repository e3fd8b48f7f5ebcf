//go:build integration

package alerting

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tidemark/alerts/incident"
	"tidemark/deploy/integration/child"
	"tidemark/deploy/integration/rig"
	"tidemark/deploy/wire"
	"tidemark/processors/metrics"
	"tidemark/sinks/clickhouse"
)

const shopsFile = `shops:
  - {id: chaye, name: 山间茶叶, zone: Asia/Shanghai, currency: CNY, market: cn, stage: mature, authoritative: {orders: segment}, keys: [{key: sk_alerting_chaye_1, kind: secret}]}
  - {id: kiefer, name: Kiefer, zone: Europe/Berlin, currency: EUR, market: de, stage: new, authoritative: {orders: ndjson}, keys: [{key: sk_alerting_kiefer_1, kind: secret}]}
`

// history is how many minutes are complete before the hub starts.
const history = 70

// shop is a ClickHouse whose orders come as the test wants them, and the program that judges them.
type shop struct {
	dir, dsn   string
	clickhouse rig.ClickHouse
	begin      time.Time // of minute 0, some hours ago: nothing waits for the clock
	minutes    int       // that are complete
	hub        *child.Process
	api, admin string
	argv       []string
	usual      int
}

// newShop starts the engine, creates the tables, and fills in an hour in which both shops sell as usual.
func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{dir: t.TempDir(), begin: time.Now().UTC().Truncate(time.Minute).Add(-4 * time.Hour), usual: 300}
	listen := freeAddr(t)
	s.dsn = "http://" + listen + "/tidemark"
	s.clickhouse.URL = rigURL(listen)
	engine := start(t, s.dir, "engine", rig.Programs{Binary: tidemark(t)}.Engine(filepath.Join(s.dir, "engine"), listen)...)
	answers(t, engine, "http://"+listen+"/ping")
	sink, err := clickhouse.Open(s.dsn, clickhouse.Options{})
	must(t, err)
	defer sink.Close()
	_, err = sink.Apply(t.Context(), wire.Schema(metrics.All()))
	must(t, err)
	for range history {
		s.minute(t, s.usual, s.usual)
	}
	s.complete(t)
	return s
}

// minute adds one in which every shop has so many orders placed and paid.
func (s *shop) minute(t *testing.T, orders, paid int) { s.minuteOf(t, orders, paid, "chaye", "kiefer") }

// minuteOf does so for the shops named; the others have none.
func (s *shop) minuteOf(t *testing.T, orders, paid int, shops ...string) {
	t.Helper()
	at := s.begin.Add(time.Duration(s.minutes) * time.Minute).UnixMilli()
	for _, id := range shops {
		s.exec(t, fmt.Sprintf("INSERT INTO m_trade (window_start, shop, market, channel, currency, part, ver, orders, paid_orders) VALUES (%d, '%s', 'cn', 'direct', 'CNY', 1, 1, %d, %d)",
			at, id, orders, paid))
	}
	s.minutes++
}

// complete moves the watermark so far that all minutes are complete.
func (s *shop) complete(t *testing.T) {
	t.Helper()
	m := s.begin.Add(time.Duration(s.minutes+1)*time.Minute + time.Second).UnixMilli() // lateness is a minute
	s.exec(t, fmt.Sprintf("INSERT INTO watermarks (`group`, topic, partition, part, m, ver, at) VALUES ('tidemark-fast', 'tidemark.orders', 0, 1, %d, %d, %d)", m, s.minutes, time.Now().UnixMilli()))
}

func (s *shop) exec(t *testing.T, sql string) {
	t.Helper()
	must(t, ask(http.MethodPost, s.clickhouse.URL.String(), nil, sql, nil))
}

// judge starts `tidemark alert run`, or starts it again.
func (s *shop) judge(t *testing.T, flags ...string) {
	t.Helper()
	if s.argv == nil {
		shops := filepath.Join(s.dir, "shops.yaml")
		must(t, os.WriteFile(shops, []byte(shopsFile), 0o600))
		token := filepath.Join(s.dir, "hook-token")
		must(t, os.WriteFile(token, []byte("token"), 0o600))
		s.argv = append([]string{tidemark(t), "alert", "run", "--clickhouse", s.dsn, "--shops", shops, "--listen", s.api, "--admin", s.admin,
			"--every", "1s", "--board-url", "http://boards.example", "--runbook-url", "http://boards.example/runbooks", "--hook-token-file", token}, flags...)
	}
	s.hub = start(t, s.dir, "alert", s.argv...)
	answers(t, s.hub, "http://"+s.admin+"/readyz")
}

// incident waits until the newest incident of a series is as wanted.
func (s *shop) incident(t *testing.T, series, state, tier string) incident.View {
	t.Helper()
	var found incident.View
	until(t, fmt.Sprintf("%s is %s and %s", series, state, tier), func() (bool, string) {
		var views []incident.View
		err := ask("GET", "http://"+s.api+"/api/incidents?state=all", nil, "", &views)
		for _, v := range views {
			if v.Rule == "paid_orders_fall" && v.Series == series {
				found = v
				return err == nil && v.State == state && v.Tier == tier, fmt.Sprint(v)
			}
		}
		return false, fmt.Sprint(views, err)
	}, s.hub)
	return found
}

// rows waits until a query that counts has the wanted answer.
func (s *shop) rows(t *testing.T, sql, want string) {
	t.Helper()
	until(t, sql+" is "+want, func() (bool, string) {
		got, err := s.clickhouse.Query(t.Context(), sql)
		return err == nil && len(got) == 1 && strings.Join(got[0], " ") == want, fmt.Sprint(got, err)
	}, s.hub)
}

func rigURL(listen string) *url.URL {
	return &url.URL{Scheme: "http", Host: listen, Path: "/", RawQuery: "database=tidemark"}
}
