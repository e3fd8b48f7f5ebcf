package ingest

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Many senders push the largest bodies that pass, full of events for the dead letters, as fast as they can. What they
// may make us hold is bounded; ordinary senders are served meanwhile.
func TestHostileSendersAreBounded(t *testing.T) {
	const senders, bound = 200, 300 << 20
	f := newFixture(t, func(c *Config) { c.Producer, c.KeyRate, c.AddressRate = slowly{}, -1, -1 })
	addr, _ := serve(t, f)
	line := `{"x":"` + strings.Repeat("y", 2090) + `"}` + "\n"
	body := []byte(strings.Repeat(line, nativeBody/len(line)))
	transport := &http.Transport{DisableKeepAlives: true}
	client := http.Client{Transport: transport}
	post := func(path string, body []byte) int {
		r, err := http.NewRequest(http.MethodPost, "http://"+addr+path, bytes.NewReader(body))
		if err != nil {
			t.Error(err)
			return 0
		}
		r.SetBasicAuth(publicKey, "")
		resp, err := client.Do(r)
		if err != nil {
			return 0
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	var peak uint64
	answers := map[int]int{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range senders {
		wg.Go(func() {
			code := post("/v1/events", body)
			mu.Lock()
			answers[code]++
			mu.Unlock()
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	for over := false; !over; {
		select {
		case <-done:
			over = true
		case <-time.After(20 * time.Millisecond):
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse)
			if code := post("/v1/batch", []byte(batchOf(1, "good"))); code != 200 {
				t.Errorf("ordinary sender: status %d", code)
			}
		}
	}
	t.Logf("heap at most %d MiB, answers %v", peak>>20, answers)
	if peak > bound {
		t.Errorf("heap of %d MiB, allowed %d", peak>>20, bound>>20)
	}
	if n := f.collector.memory.reading.Load(); n != 0 {
		t.Errorf("%d bytes of bodies never given back", n)
	}
}

// A batch's context stands in the record of each of its events: what that makes us hold counts against the same budget.
func TestRecordsAreAccounted(t *testing.T) {
	f := newFixture(t, nil)
	context := fmt.Sprintf(`{"page":{"path":"/%s"},"campaign":{"name":"%[1]s"}}`, strings.Repeat("x", 1000))
	body := func(events int) string {
		return `{"context":` + context + `,"batch":[` + strings.Repeat(goodTrack+`,`, events-1) + strings.Replace(goodTrack, "good", "last", 1) + `]}`
	}
	many := strings.ReplaceAll(body(500), `"messageId":"good"`, `"messageId":""`)
	f.collector.memory.reading.Store(readBudget)
	f.must(503, "/v1/batch", publicKey, many)
	f.must(200, "/v1/batch", publicKey, body(20))
	if n := len(f.clicks()); n != 2 {
		t.Errorf("%d clicks, want the 2 of the small batch", n)
	}
	f.collector.memory.reading.Store(0)
	f.must(200, "/v1/batch", publicKey, many)
	if n := f.collector.memory.reading.Load(); n != 0 {
		t.Errorf("%d bytes never given back", n)
	}
}

func TestLoan(t *testing.T) {
	m := newMemory()
	var loans []*loan
	refused := 0
	for range 1000 {
		l := &loan{memory: m}
		loans = append(loans, l)
		if l.add(freeBody) != nil {
			t.Fatal("a small body was refused")
		}
		if l.add(1<<20) != nil {
			refused++
		}
	}
	if refused == 0 || refused == 1000 {
		t.Errorf("%d of 1000 large bodies refused", refused)
	}
	for _, l := range loans {
		l.giveBack()
	}
	if m.reading.Load() != 0 {
		t.Error("account does not balance: " + fmt.Sprint(m.reading.Load()))
	}
}

// slowly acknowledges after a while, as a busy Kafka does.
type slowly struct{}

func (slowly) Produce(ctx context.Context, _ []*kgo.Record) error {
	select {
	case <-time.After(50 * time.Millisecond):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
