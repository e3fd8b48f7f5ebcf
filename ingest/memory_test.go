package ingest

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// The largest request that any contract allows passes while nobody else holds memory.
func TestLargestBodyPasses(t *testing.T) {
	f := newFixture(t, nil)
	for _, v := range clientVoices() {
		if v.name != "posthog" {
			continue
		}
		body := fill(v, func(i int) wording { return v.write("e"+strconv.Itoa(i), nil) })
		if w := f.do(v.request(secretKey, string(body), wording{})); w.Code != http.StatusOK || len(f.kept.recs) != v.batch || len(body) < v.limit*9/10 {
			t.Errorf("%d bytes: status %d, %d records of %d: %.200s", len(body), w.Code, len(f.kept.recs), v.batch, w.Body)
		}
	}
	if n := f.collector.memory.reading.Load(); n != 0 {
		t.Errorf("%d bytes never given back", n)
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
