package ingest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"tidemark/schemas"
)

const testPartitions = 4

// newCluster starts an in-process broker that holds all topics.
func newCluster(tb testing.TB) *kfake.Cluster {
	tb.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(testPartitions, topics()...))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(cluster.Close)
	return cluster
}

func newKafka(tb testing.TB, cluster *kfake.Cluster, cfg KafkaConfig) *Kafka {
	tb.Helper()
	cfg.Options = append(cfg.Options, kgo.SeedBrokers(cluster.ListenAddrs()...))
	k, err := NewKafka(tb.Context(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(k.Close)
	return k
}

// consume reads want records of a topic, and fails where they do not come.
func consume(tb testing.TB, cluster *kfake.Cluster, topic string, want int) []*kgo.Record {
	tb.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		tb.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(tb.Context(), 20*time.Second)
	defer cancel()
	var out []*kgo.Record
	for len(out) < want {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err0(); err != nil {
			tb.Fatalf("%s: %d of %d records: %v", topic, len(out), want, err)
		}
		out = append(out, fetches.Records()...)
	}
	return out
}

func batchOf(n int, prefix string) string {
	events := make([]string, n)
	for i := range events {
		events[i] = fmt.Sprintf(`{"type":"page","anonymousId":"v%d","messageId":"%s-%d","timestamp":"2026-11-22T21:04:49Z"}`, i%17, prefix, i)
	}
	return `{"batch":[` + strings.Join(events, ",") + `],"sentAt":"2026-11-22T21:04:49Z"}`
}

func TestAcknowledgedIsInTheLog(t *testing.T) {
	for _, stamp := range []bool{false, true} {
		t.Run(fmt.Sprintf("stamp=%v", stamp), func(t *testing.T) {
			cluster := newCluster(t)
			f := newFixture(t, func(c *Config) { c.Producer = newKafka(t, cluster, KafkaConfig{StampTime: stamp}) })
			var wg sync.WaitGroup
			for i := range 8 {
				wg.Go(func() {
					if w := f.post("/v1/batch", publicKey, batchOf(50, fmt.Sprint("r", i))); w.Code != 200 {
						t.Errorf("status %d %s", w.Code, w.Body)
					}
				})
			}
			wg.Wait()
			seen := map[string]int{}
			partition := map[string]int32{}
			for _, r := range consume(t, cluster, schemas.Clickstream.Topic(), 400) {
				var c schemas.Click
				decodeRecord(t, r, &c)
				seen[c.EventID]++
				if p, ok := partition[string(r.Key)]; ok && p != r.Partition || string(r.Key) != c.AnonymousID {
					t.Errorf("key %q in partitions %d and %d", r.Key, p, r.Partition)
				}
				partition[string(r.Key)] = r.Partition
			}
			if len(seen) != 400 {
				t.Errorf("%d different events, want 400", len(seen))
			}
		})
	}
}

func decodeRecord[E any](tb testing.TB, r *kgo.Record, e *E) {
	tb.Helper()
	dec, err := schemas.NewDecoder[E]()
	if err == nil {
		err = dec.Decode(r.Value, e)
	}
	if err != nil {
		tb.Fatalf("%s/%d@%d: %v: %s", r.Topic, r.Partition, r.Offset, err, r.Value)
	}
}

// A broker that refuses for good: 503, and the log holds nothing.
func TestRefusedByKafkaIsNotAcknowledged(t *testing.T) {
	cluster := newCluster(t)
	f := newFixture(t, func(c *Config) { c.Producer = newKafka(t, cluster, KafkaConfig{}) })
	fault := cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Err: kerr.TopicAuthorizationFailed, Count: -1})
	w := f.must(503, "/v1/batch", publicKey, batchOf(5, "x"))
	if fault.Hits() == 0 || w.Header().Get("Retry-After") == "" {
		t.Errorf("fault hit %d times, headers %v", fault.Hits(), w.Header())
	}
	fault.Remove()
	f.must(200, "/v1/batch", publicKey, batchOf(5, "y"))
	for _, r := range consume(t, cluster, schemas.Clickstream.Topic(), 5) {
		var c schemas.Click
		if decodeRecord(t, r, &c); !strings.HasPrefix(c.EventID, "y-") {
			t.Errorf("the log holds %s, which was answered 503", c.EventID)
		}
	}
}

// A broker that does not answer: 503 after AckTimeout, not later.
func TestSilentKafkaIsBounded(t *testing.T) {
	cluster := newCluster(t)
	f := newFixture(t, func(c *Config) {
		c.Producer, c.AckTimeout = newKafka(t, cluster, KafkaConfig{}), 300*time.Millisecond
	})
	var hits atomic.Int64
	release := make(chan struct{})
	cluster.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		hits.Add(1)
		cluster.SleepControl(func() { <-release })
		return nil, nil, false
	})
	f.must(503, "/v1/batch", publicKey, batchOf(1, "x"))
	close(release)
	if hits.Load() == 0 {
		t.Error("the broker was never asked")
	}
}

// The answer is lost after Kafka took the records. The repeated request carries a new sentAt; ids, times and keys are
// the same, so whoever reads the log counts them once.
func TestLostAnswerRepeats(t *testing.T) {
	cluster := newCluster(t)
	kafka := newKafka(t, cluster, KafkaConfig{})
	f := newFixture(t, func(c *Config) { c.Producer = &loseFirst{Producer: kafka} })
	body := product("Order Completed", `"order_id":"o1","total":5`)
	body = strings.Replace(body, "{", `{"messageId":"m","timestamp":"2026-11-22T21:04:40Z","sentAt":"2026-11-22T21:04:49Z",`, 1)
	f.must(503, "/v1/track", secretKey, body)
	f.now = f.now.Add(7 * time.Second)
	f.must(200, "/v1/track", secretKey, strings.Replace(body, "21:04:49", "21:04:56", 1))
	type same struct {
		key, id string
		at      schemas.Millis
	}
	found := map[same]int{}
	for _, r := range consume(t, cluster, schemas.Orders.Topic(), 4) {
		var o schemas.Order
		decodeRecord(t, r, &o)
		found[same{string(r.Key), o.EventID, o.OccurredAt}]++
	}
	for _, r := range consume(t, cluster, schemas.Clickstream.Topic(), 2) {
		var c schemas.Click
		decodeRecord(t, r, &c)
		found[same{string(r.Key), c.EventID, c.OccurredAt}]++
	}
	if len(found) != 3 {
		t.Errorf("%d different events of 3: %v", len(found), found)
	}
}

// loseFirst produces, and loses the first answer.
type loseFirst struct {
	Producer
	lost atomic.Bool
}

func (l *loseFirst) Produce(ctx context.Context, recs []*kgo.Record) error {
	err := l.Producer.Produce(ctx, recs)
	if l.lost.CompareAndSwap(false, true) {
		return errors.Join(err, ErrUnacknowledged)
	}
	return err
}

func TestDeadLettersFromProcessors(t *testing.T) {
	cluster := newCluster(t)
	w := NewDeadLetters(newKafka(t, cluster, KafkaConfig{}))
	letters := []DeadLetter{
		{Kind: KindUnreadable, Reason: "bad JSON", Source: "fast", Topic: "tidemark.orders", Partition: 2, Offset: 0, ReceivedAt: 5, Payload: []byte{0xff, 0}},
		{Kind: KindInvalid, Reason: "no shop", Source: "fast", Topic: "tidemark.orders", Partition: 2, Offset: 8, Payload: []byte(`{"email":"a@b.example"}`)},
	}
	if err := w.Write(t.Context(), letters...); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, r := range consume(t, cluster, schemas.DeadLetterTopic, 2) {
		found[string(r.Key)] = string(r.Value)
	}
	if v := found["tidemark.orders/2/0"]; !strings.Contains(v, `"partition":2,"offset":0,"received_at":5,"size":2`) {
		t.Errorf("letter %s", v)
	}
	if v := found["tidemark.orders/2/8"]; !strings.Contains(v, `"kind":"invalid"`) || strings.Contains(v, "a@b") {
		t.Errorf("letter %s", v)
	}
}

// Large orders are within Kafka's default record size, and what is beyond is refused and not sent again and again.
func TestLargeOrder(t *testing.T) {
	cluster := newCluster(t)
	f := newFixture(t, func(c *Config) { c.Producer = newKafka(t, cluster, KafkaConfig{}) })
	order := func(size int) string {
		return `{"event_id":"x","type":"order_placed","occurred_at":"2026-11-22T21:04:49Z","order_id":"o1","currency":"EUR","coupons":["` + strings.Repeat("x", size) + `"]}`
	}
	f.must(http.StatusOK, "/v1/events?family=orders", secretKey, order(999_000))
	f.must(http.StatusMultiStatus, "/v1/events?family=orders", secretKey, order(1_010_000))
	consume(t, cluster, schemas.Orders.Topic(), 1)
	consume(t, cluster, schemas.DeadLetterTopic, 1)
}
