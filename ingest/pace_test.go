package ingest

import (
	"errors"
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
			s := p.step(shop, visitor, at)
			if p.over(s, nil) {
				marked++
			}
			p.count([]step{s})
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
		{"the same id in another shop", "s2", "ann", at, 10, 0},
		{"another visitor", "s1", "bob", at, 10, 0},
		{"the same visitor from now on", "s1", "ann", at + 10*60_000, 3, 3},
		{"two hours later", "s1", "ann", at + 3*3_600_000, 10, 0},
		{"a slow one in the next minute", "s1", "bob", at + 60_000, 10, 0},
	} {
		if got := marked(tt.shop, tt.visitor, tt.at, tt.n); got != tt.want {
			t.Errorf("%s: %d of %d events marked, want %d", tt.name, got, tt.n, tt.want)
		}
	}
	people, robot := 0, 0
	for i := range 20 * paceSlots { // many times as many visitors as slots, and one robot among them
		people += marked("s1", fmt.Sprint("v", i/5), at+60_000, 1)
		if i%100 == 0 {
			robot += marked("s1", "robot", at+60_000, 1)
		}
	}
	if people > 0 || robot < 20*paceSlots/100*9/10 {
		t.Errorf("%d events of people are marked because they share slots, and %d of a robot's %d", people, robot, 20*paceSlots/100)
	}
}

// A client that sends a batch again and again while Kafka is away is no robot, and neither are the copies in a batch.
func TestRetriesAreNoPace(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.RobotPace = 20 })
	var events []string
	for i := range 15 {
		event := fmt.Sprintf(`{"type":"page","messageId":"m%d","anonymousId":"slow","timestamp":"2026-11-22T21:04:49.894Z"}`, i)
		events = append(events, event, event)
	}
	body := `{"batch":[` + strings.Join(events, ",") + `]}`
	f.kept.err = errors.New("away")
	for range 5 {
		f.must(http.StatusServiceUnavailable, "/v1/batch", publicKey, body)
	}
	f.kept.err = nil
	f.must(http.StatusOK, "/v1/batch", publicKey, body)
	clicks := f.clicks()
	for _, c := range clicks {
		if c.Bot {
			t.Fatalf("%s is marked", c.EventID)
		}
	}
	if len(clicks) != 15 || counted(t, f.collector.metrics.conflicts) != 0 {
		t.Errorf("%d events, %v conflicts", len(clicks), counted(t, f.collector.metrics.conflicts))
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
		{"no limit", publicKey, "/v1/events", "application/x-ndjson", `{"event_id":"m%d","type":"page_view","occurred_at":1795381489894,"anonymous_id":"fast"}`, "", "", 0},
		{"a server", secretKey, "/v1/events", "application/x-ndjson", `{"event_id":"m%d","type":"page_view","occurred_at":1795381489894,"anonymous_id":"fast","server":true}`, "", "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t, func(c *Config) { c.RobotPace = map[bool]int{true: -1, false: 30}[tt.name == "no limit"] })
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
		s := p.step("shop", visitors[i%len(visitors)], schemas.Millis(i))
		p.over(s, nil)
		p.count([]step{s})
	}
}
