package ingest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tidemark/schemas"
)

func TestPace(t *testing.T) {
	const at = schemas.Millis(1_749_981_600_000)
	p := newPace(10)
	marked := func(shop, visitor string, at schemas.Millis, n int) (marked int) {
		for range n {
			if p.over(shop, visitor, at) {
				marked++
			}
		}
		return marked
	}
	for _, tt := range []struct {
		name, shop, visitor string
		at                  schemas.Millis
		n, want             int
	}{
		{"as fast as people may be", "s1", "ann", at, 10, 0},
		{"beyond", "s1", "ann", at + 59_999, 5, 5},
		{"the next minute", "s1", "ann", at + 60_000, 10, 0},
		{"the same id in another shop", "s2", "ann", at, 10, 0},
		{"another visitor", "s1", "bob", at, 10, 0},
		{"the first minute still counts", "s1", "ann", at, 1, 1},
	} {
		if got := marked(tt.shop, tt.visitor, tt.at, tt.n); got != tt.want {
			t.Errorf("%s: %d of %d events marked, want %d", tt.name, got, tt.n, tt.want)
		}
	}
	people := 0
	for i := range 20 * paceSlots { // many times as many visitors as slots, and one robot among them
		if p.over("s1", fmt.Sprint("v", i/5), at+60_000) {
			people++
		}
	}
	if people > 0 {
		t.Errorf("%d events of people marked because they share slots", people)
	}
	p = newPace(-1)
	if got := marked("s1", "ann", at, 10_000); got != 0 {
		t.Errorf("without a limit %d events are marked", got)
	}
}

// A public sender's fast visitor is marked from some event on, whatever the dialect; a server's never.
func TestFastVisitorsAreMarked(t *testing.T) {
	for _, tt := range []struct {
		name, key, path, kind, event, begin, end string
		want                                     int
	}{
		{"Segment", publicKey, "/v1/batch", "application/json", `{"type":"page","messageId":"m%d","anonymousId":"fast","timestamp":"2026-11-22T21:04:49.894Z"}`, `{"batch":[`, `]}`, 20},
		{"native", publicKey, "/v1/events", "application/x-ndjson", `{"event_id":"m%d","type":"page_view","occurred_at":1795381489894,"anonymous_id":"fast"}`, "", "", 20},
		{"a server", secretKey, "/v1/events", "application/x-ndjson", `{"event_id":"m%d","type":"page_view","occurred_at":1795381489894,"anonymous_id":"fast","server":true}`, "", "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t, func(c *Config) { c.RobotPace = 30 })
			var events []string
			for i := range 50 {
				events = append(events, fmt.Sprintf(tt.event, i))
			}
			separator := ","
			if tt.begin == "" {
				separator = "\n"
			}
			r, err := http.NewRequest(http.MethodPost, tt.path, strings.NewReader(tt.begin+strings.Join(events, separator)+tt.end))
			if err != nil {
				t.Fatal(err)
			}
			r.SetBasicAuth(tt.key, "")
			r.Header.Set("Content-Type", tt.kind)
			if w := f.do(r); w.Code != http.StatusOK {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			bots := 0
			for _, c := range f.clicks() {
				if c.Bot {
					bots++
				}
			}
			if bots != tt.want {
				t.Errorf("%d events marked, want %d", bots, tt.want)
			}
		})
	}
}

func BenchmarkPace(b *testing.B) {
	p := newPace(600)
	visitors := make([]string, 5000)
	for i := range visitors {
		visitors[i] = fmt.Sprintf("anon-%06d", i)
	}
	b.ReportAllocs()
	for i := range b.N {
		p.over("shop", visitors[i%len(visitors)], schemas.Millis(i))
	}
}
