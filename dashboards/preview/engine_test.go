package preview_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"go.uber.org/goleak"

	"tidemark/dashboards"
	"tidemark/dashboards/preview"
	"tidemark/deploy/embedded/enginetest"
	"tidemark/deploy/wire"
	"tidemark/processors/metrics"
	"tidemark/sinks/clickhouse"
)

var engine string // host:port of the real ClickHouse

func TestMain(m *testing.M) { os.Exit(enginetest.Main(m, func(addr string) { engine = addr })) }

// shop is a database with the whole schema, and what runs statements there.
func shop(t *testing.T, database string) preview.Query {
	t.Helper()
	sink, err := clickhouse.Open("http://default@"+engine+"/"+database, clickhouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	if _, err := sink.Apply(t.Context(), wire.Schema(metrics.All())); err != nil {
		t.Fatal(err)
	}
	query, err := wire.BoardQuery("http://default@" + engine + "/" + database)
	if err != nil {
		t.Fatal(err)
	}
	return query
}

func exec(t *testing.T, database, sql string) {
	t.Helper()
	resp, err := http.Post("http://"+engine+"/?user=default&database="+database, "text/plain", strings.NewReader(sql))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", resp.Status, sql)
	}
}

// client is a browser: it knows nothing but addresses.
type client struct {
	t    *testing.T
	base string
}

func serve(t *testing.T, cfg preview.Config) client {
	t.Helper()
	cfg.Assets = fstest.MapFS{"index.html": {Data: []byte("page")}}
	s, err := preview.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s.Handler())
	t.Cleanup(srv.Close)
	return client{t, srv.URL}
}

func get[T any](c client, path string, q url.Values) T {
	c.t.Helper()
	resp, err := http.Get(c.base + path + "?" + q.Encode())
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	var out T
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || resp.StatusCode != http.StatusOK {
		c.t.Fatalf("%s: %s %v", path, resp.Status, err)
	}
	return out
}

func textsOf(options []preview.Option) string {
	var out []string
	for _, o := range options {
		out = append(out, o.Value+"="+o.Text)
	}
	return strings.Join(out, " ")
}

// The test board runs on the engine: macros, variables, injection, chained options, annotations.
func TestBoardOnEngine(t *testing.T) {
	query := shop(t, "testboard")
	exec(t, "testboard", "CREATE TABLE sales (shop LowCardinality(String), channel LowCardinality(String), at DateTime('UTC'), orders UInt32) ENGINE = MergeTree ORDER BY at")
	exec(t, "testboard", "CREATE TABLE notes (at DateTime('UTC'), note String) ENGINE = MergeTree ORDER BY at")
	exec(t, "testboard", "INSERT INTO shops (shop, name, ver) VALUES ('chaye', '山间茶叶', 1), ('o''neil', 'O''Neil \\\\ Co', 1)")
	exec(t, "testboard", `INSERT INTO sales SELECT 'chaye', ['app', 'web'][number % 2 + 1], now() - 60 * number, 1 + number % 2 FROM numbers(60)`)
	exec(t, "testboard", `INSERT INTO sales SELECT 'o\'neil', 'it\'s; DROP TABLE sales', now() - 60, 7`)
	exec(t, "testboard", `INSERT INTO notes SELECT now() - 600, 'release'`)
	text, err := os.ReadFile("testdata/board.json")
	if err != nil {
		t.Fatal(err)
	}
	c := serve(t, preview.Config{Boards: fstest.MapFS{"en/test.json": {Data: text}}, Query: query})
	const board = "/api/boards/tidemark-test-en"
	choice := url.Values{"from": {"now-2h"}, "to": {"now"}, "width": {"800"}}

	vars := get[[]preview.Variable](c, board+"/variables", choice)
	if got := textsOf(vars[0].Options); got != `chaye=山间茶叶 o'neil=O'Neil \ Co` || vars[0].Current[0] != "chaye" {
		t.Errorf("shops: %s, current %v", got, vars[0].Current)
	}
	if got := textsOf(vars[1].Options); got != "app=app web=web" || vars[1].Current[0] != "$__all" {
		t.Errorf("channels of the first shop: %s, current %v", got, vars[1].Current)
	}
	if got := textsOf(vars[2].Options); got != "phone=Phone desktop=Desktop" {
		t.Errorf("devices: %s", got)
	}

	bars := func() string {
		var out []string
		for _, b := range get[preview.Data](c, board+"/panels/5", choice).Bars {
			out = append(out, b.Label+" "+b.Text)
		}
		return strings.Join(out, ", ")
	}
	if got := bars(); got != "Web 60, App 30" {
		t.Errorf("bars: %s", got)
	}
	names := func() string {
		var out []string
		for _, s := range get[preview.Data](c, board+"/panels/2", choice).Series {
			out = append(out, s.Name)
		}
		return strings.Join(out, ", ")
	}
	if got := names(); got != "The app, web, Expected" && got != "web, The app, Expected" {
		t.Errorf("series: %s", got)
	}
	choice.Set("var-channel", "web")
	if got := names(); got != "web" {
		t.Errorf("with a channel chosen: %s", got)
	}
	choice.Set("var-shop", "o'neil")
	choice.Set("var-channel", "it's; DROP TABLE sales")
	if got := names(); got != "it's; DROP TABLE sales" {
		t.Errorf("a name with SQL in it: %s", got)
	}
	for _, shop := range []string{`' OR 1=1 --`, `\`, `\' OR 1=1 --`, `') UNION ALL SELECT name, 1 FROM system.tables --`, `$__fromTime`} {
		choice.Set("var-shop", shop)
		if got := bars(); got != "" {
			t.Errorf("shop %q has %s", shop, got)
		}
	}
	marks := get[[]preview.Annotation](c, board+"/annotations", choice)
	if len(marks) != 1 || marks[0].Text != "release" || marks[0].Title != "Incidents" || marks[0].End-marks[0].Time != 60_000 {
		t.Errorf("annotations: %+v", marks)
	}
}

// Every panel of every generated board answers on the engine, whatever is chosen; on an empty database it says that
// there is nothing.
func TestGeneratedBoardsOnEngine(t *testing.T) {
	query := shop(t, "generated")
	exec(t, "generated", "INSERT INTO shops (shop, name, zone, currency, market, stage, ver) VALUES ('chaye', '山间茶叶', 'Asia/Shanghai', 'CNY', 'cn', 'mature', 1)")
	exec(t, "generated", "INSERT INTO shop_days (shop, day, begins, ends, ver) SELECT 'chaye', toString(toDate(at)), at, at + 86400, 1 FROM (SELECT arrayJoin([now() - 43200, now() - 129600]) AS at)")
	exec(t, "generated", "INSERT INTO watermarks (`group`, topic, partition, part, m, ver, at) SELECT g, t, 0, 1, now() - 60, 1, now() FROM (SELECT arrayJoin(['tidemark-fast', 'tidemark-slow']) AS g, arrayJoin(['tidemark.clickstream', 'tidemark.orders']) AS t)")
	c := serve(t, preview.Config{Boards: dashboards.Files(), Query: query})
	for _, b := range get[[]preview.BoardLink](c, "/api/boards", url.Values{"lang": {"zh"}}) {
		board := get[preview.Board](c, "/api/boards/"+b.UID, nil)
		for _, choice := range []url.Values{
			{"from": {"now/d"}, "to": {"now"}, "tz": {"Asia/Shanghai"}},
			{"from": {"1736899200000"}, "to": {"1736942400000"}, "var-shop": {"chaye"}, "var-channel": {"app", "o'neil"}, "var-campaign": {"x"}},
		} {
			get[[]preview.Variable](c, "/api/boards/"+b.UID+"/variables", choice)
			get[[]preview.Annotation](c, "/api/boards/"+b.UID+"/annotations", choice)
			for _, p := range board.Panels {
				d := get[preview.Data](c, fmt.Sprintf("/api/boards/%s/panels/%d", b.UID, p.ID), choice)
				if d.Error != "" || d.ID != p.ID || d.From >= d.To {
					t.Errorf("%s, panel %d %s, %v: %+v", b.UID, p.ID, p.Title, choice, d)
				}
				if drawn := d.Series != nil || d.Stats != nil || d.Bars != nil || d.Text != "" || d.Table != nil && d.Table.Rows != nil; !drawn && d.Message == "" && p.Type != "row" {
					t.Errorf("%s, panel %d %s, %v: neither data nor a reason", b.UID, p.ID, p.Title, choice)
				}
			}
		}
	}
}

// Nothing runs on after the viewer has gone.
func TestNoLeak(t *testing.T) {
	before := goleak.IgnoreCurrent()
	asked := make(chan struct{})
	endless := func(ctx context.Context, _ string) (preview.Result, error) {
		close(asked)
		<-ctx.Done()
		return preview.Result{}, ctx.Err()
	}
	s, err := preview.New(preview.Config{Boards: dashboards.Files(), Query: endless, Assets: fstest.MapFS{"index.html": {Data: []byte("page")}}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(t.Context())
	go func() { <-asked; leave() }()
	s.Handler().ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/api/boards/tidemark-live-en/variables", nil))
	goleak.VerifyNone(t, before)
}
