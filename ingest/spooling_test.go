package ingest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/ingest/spool"
	"tidemark/schemas"
)

// flaky is a Kafka that can be away: it then acknowledges nothing, and what it was given while away may arrive afterwards,
// before anything newer, as from a client's buffer.
type flaky struct {
	mu      sync.Mutex
	back    chan struct{} // closed while Kafka is here
	log     []string      // topic, key and value of what arrived, in order
	buffer  []string
	late    bool // what timed out arrives all the same
	refuse  string
	refusal error
	waits   int
}

func newFlaky() *flaky {
	f := &flaky{back: make(chan struct{})}
	close(f.back)
	return f
}

func (f *flaky) stop() { f.mu.Lock(); f.back = make(chan struct{}); f.mu.Unlock() }

func (f *flaky) start() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log = append(f.log, f.buffer...)
	f.buffer = nil
	close(f.back)
}

func (f *flaky) Produce(ctx context.Context, recs []*kgo.Record) error {
	f.mu.Lock()
	back := f.back
	f.mu.Unlock()
	select {
	case <-back:
	default:
		f.mu.Lock()
		f.waits++
		f.mu.Unlock()
		select {
		case <-back:
		case <-ctx.Done():
			f.mu.Lock()
			defer f.mu.Unlock()
			if f.late {
				f.buffer = append(f.buffer, texts(recs)...)
			}
			return errors.Join(ErrUnacknowledged, ctx.Err())
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, t := range texts(recs) {
		if f.refuse != "" && strings.Contains(t, f.refuse) {
			return f.refusal
		}
		f.log = append(f.log, t)
	}
	return nil
}

// seen is what has arrived, and how often a caller had to wait.
func (f *flaky) seen() (log []string, waits int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.log), f.waits
}

func texts(recs []*kgo.Record) (out []string) {
	for _, r := range recs {
		out = append(out, r.Topic+" "+string(r.Key)+" "+string(r.Value))
	}
	return out
}

func clickRec(visitor string, n int) []*kgo.Record {
	return []*kgo.Record{{Topic: schemas.Clickstream.Topic(), Key: []byte(visitor), Value: fmt.Appendf(nil, "%s-%03d", visitor, n)}}
}

func orderRec(id string) []*kgo.Record {
	return append(clickRec("buyer", 0), &kgo.Record{Topic: schemas.Orders.Topic(), Key: []byte(id), Value: []byte(id)})
}

func openSpool(tb testing.TB, dir string, most int64) *spool.Queue {
	tb.Helper()
	q, err := spool.Open(spool.Config{Dir: dir, Max: most, Log: zerolog.Nop()})
	if err != nil {
		tb.Fatal(err)
	}
	return q
}

func newSpooling(tb testing.TB, k Producer, q *spool.Queue) *Spooling {
	tb.Helper()
	s, err := NewSpooling(SpoolingConfig{Kafka: k, Queue: q, Log: zerolog.Nop(), Registry: prometheus.NewRegistry()})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// running runs a Spooling within a synctest bubble until stop.
func running(s *Spooling, q *spool.Queue) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { _ = s.Run(ctx); close(done) }()
	return func() { cancel(); <-done; _ = q.Close() }
}

func TestSpoolingAnswersAtOnceAndComesBack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	synctest.Test(t, func(t *testing.T) {
		k, q := newFlaky(), openSpool(t, dir, 1<<20)
		s := newSpooling(t, k, q)
		defer running(s, q)()
		ctx := context.Background()
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(s.Produce(ctx, clickRec("v", 0)))
		must(s.Produce(ctx, orderRec("o0")))
		k.stop()
		began := time.Now()
		must(s.Produce(ctx, clickRec("v", 1))) // the first finds out
		if waited := time.Since(began); waited != spoolPatience {
			t.Errorf("the first waited %v", waited)
		}
		began = time.Now()
		for n := 2; n < 10; n++ {
			must(s.Produce(ctx, clickRec("v", n)))
		}
		if err := s.Produce(ctx, orderRec("o1")); !errors.Is(err, ErrKafkaAway) {
			t.Errorf("an order while Kafka is away: %v", err)
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("the others waited %v", waited)
		}
		s.Beat(nil) // one that was under way; the spool is not empty
		time.Sleep(time.Hour)
		if _, waits := k.seen(); waits > 2 {
			t.Errorf("%d tries while away: each may leave a copy", waits)
		}
		k.start()
		synctest.Wait()
		must(s.Produce(ctx, clickRec("v", 10)))
		must(s.Produce(ctx, orderRec("o2")))
		var got []string
		log, _ := k.seen()
		for _, line := range log {
			if strings.Contains(line, " v ") {
				got = append(got, line[len(line)-3:])
			}
		}
		want := []string{"000", "001", "002", "003", "004", "005", "006", "007", "008", "009", "010"}
		if !slices.Equal(got, want) {
			t.Errorf("the log has %v", got)
		}
		if q.Stats().Entries != 0 || s.isAway() != 0 {
			t.Errorf("%+v away %v", q.Stats(), s.isAway())
		}
	})
}

// Heartbeats alone find Kafka gone, free who waits, and bring it back where the spool is empty.
func TestSpoolingFollowsHeartbeats(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	synctest.Test(t, func(t *testing.T) {
		k, q := newFlaky(), openSpool(t, dir, 1<<20)
		s := newSpooling(t, k, q)
		s.patience = time.Hour
		defer running(s, q)()
		k.stop()
		began := time.Now()
		go func() {
			time.Sleep(time.Second)
			s.Beat(errors.New("no beat"))
		}()
		if err := s.Produce(context.Background(), clickRec("v", 1)); err != nil || time.Since(began) != time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		k.start()
		synctest.Wait()
		s.Beat(errors.New("no beat"))
		if err := s.Produce(context.Background(), orderRec("o")); !errors.Is(err, ErrKafkaAway) {
			t.Error(err)
		}
		s.Beat(nil)
		if err := s.Produce(context.Background(), orderRec("o")); err != nil {
			t.Error(err)
		}
	})
}

// While the spool is being sent, orders need not wait for its end; an order with its visitor's purchase does, and so does
// clickstream.
func TestSpoolingOrdersWhileDraining(t *testing.T) {
	k, q := newFlaky(), openSpool(t, filepath.Join(t.TempDir(), "spool"), 1<<20)
	defer q.Close()
	if err := q.Append(encodeEntry(clickRec("v", 0))); err != nil {
		t.Fatal(err)
	}
	s := newSpooling(t, k, q) // and no Run: it takes its time
	alone := func() []*kgo.Record { return orderRec("o")[1:] }
	if err := s.Produce(t.Context(), alone()); !errors.Is(err, ErrKafkaAway) {
		t.Errorf("an order before Kafka has acknowledged anything: %v", err)
	}
	s.Beat(nil)
	if err := s.Produce(t.Context(), alone()); err != nil {
		t.Errorf("an order while the spool is being sent: %v", err)
	}
	if err := s.Produce(t.Context(), orderRec("o")); !errors.Is(err, ErrKafkaAway) {
		t.Errorf("an order with a purchase of its visitor: %v", err)
	}
	if err := s.Produce(t.Context(), clickRec("v", 1)); err != nil || q.Stats().Entries != 2 {
		t.Errorf("clickstream while the spool is being sent: %v, %+v", err, q.Stats())
	}
	s.Beat(errors.New("no beat"))
	if err := s.Produce(t.Context(), alone()); !errors.Is(err, ErrKafkaAway) {
		t.Errorf("an order while Kafka is away again: %v", err)
	}
}

// Kafka comes and goes while visitors send one thing after the other: the first copies of each visitor's events lie in the
// log in the order in which they were sent, and each that was acknowledged is there. The control skips the spool.
func TestSpoolingKeepsOrder(t *testing.T) {
	for _, late := range []bool{false, true} {
		for _, broken := range []bool{false, true} {
			t.Run(fmt.Sprintf("late=%v,broken=%v", late, broken), func(t *testing.T) {
				dir := filepath.Join(t.TempDir(), "spool")
				synctest.Test(t, func(t *testing.T) {
					k, q := newFlaky(), openSpool(t, dir, 64<<20)
					k.late = late
					s := newSpooling(t, k, q)
					stop := running(s, q)
					const visitors, each = 20, 60
					var wg sync.WaitGroup
					for v := range visitors {
						wg.Go(func() {
							for n := range each {
								ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
								if broken && n%7 == 0 { // a producer that goes past the spool, and repeats until it is through
									for s.kafka.Produce(ctx, clickRec(fmt.Sprint("v", v), n)) != nil {
										cancel()
										ctx, cancel = context.WithTimeout(context.Background(), 10*time.Second)
									}
								} else if err := s.Produce(ctx, clickRec(fmt.Sprint("v", v), n)); err != nil {
									t.Error(err)
								}
								cancel()
								time.Sleep(time.Duration(50+v) * time.Millisecond)
							}
						})
					}
					for range 4 {
						time.Sleep(300 * time.Millisecond)
						k.stop()
						time.Sleep(7 * time.Second)
						k.start()
					}
					wg.Wait()
					for q.Stats().Entries > 0 {
						time.Sleep(time.Second)
					}
					stop()
					next, seen, wrong := map[string]int{}, map[string]bool{}, 0
					for _, line := range k.log {
						f := strings.Fields(line)
						if seen[f[2]] {
							continue
						}
						seen[f[2]] = true
						if f[2] != fmt.Sprintf("%s-%03d", f[1], next[f[1]]) {
							wrong++
						}
						next[f[1]]++
					}
					if len(seen) != visitors*each {
						t.Errorf("%d events of %d", len(seen), visitors*each)
					}
					if (wrong > 0) != broken {
						t.Errorf("%d out of order", wrong)
					}
				})
			})
		}
	}
}

// A spool that is full answers what Kafka's absence answers without one, and no restart loses what was acknowledged.
func TestSpoolingFullAndRestarted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	k := newFlaky()
	k.stop()
	q := openSpool(t, dir, 20_000)
	f := newFixture(t, func(c *Config) {
		s := newSpooling(t, k, q)
		s.patience = time.Millisecond
		c.Producer, c.AckTimeout = s, 20*time.Millisecond
	})
	acked := 0
	for i := 0; ; i++ {
		w := f.post("/v1/batch", publicKey, batchOf(2, fmt.Sprint("r", i)))
		if w.Code == 503 && w.Header().Get("Retry-After") != "" {
			break
		}
		if w.Code != 200 {
			t.Fatal(w.Code, w.Body)
		}
		acked += 2
	}
	if s := f.collector.cfg.Producer.(*Spooling); s.Ready() == nil {
		t.Error("ready with a full spool")
	}
	f.must(503, "/v1/events?family=orders", secretKey, `{"event_id":"x","type":"order_placed","occurred_at":"2026-11-22T21:04:49Z","order_id":"o1","currency":"EUR","total":"1"}`)
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	k.start()
	synctest.Test(t, func(t *testing.T) {
		q := openSpool(t, dir, 20_000)
		s := newSpooling(t, k, q)
		if s.isAway() != 1 {
			t.Error("records could overtake the spool of an earlier run")
		}
		stop := running(s, q)
		synctest.Wait()
		stop()
	})
	if acked == 0 || len(k.log) != acked {
		t.Errorf("%d acknowledged, %d in the log", acked, len(k.log))
	}
}

// What Kafka will never take, and what is no entry of ours, is moved aside and holds up none behind it.
func TestSpoolingPoison(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	synctest.Test(t, func(t *testing.T) {
		k, q := newFlaky(), openSpool(t, dir, 1<<20)
		k.refuse, k.refusal = "v-003", kerr.MessageTooLarge
		for n := range 6 {
			if err := q.Append(encodeEntry(clickRec("v", n))); err != nil {
				t.Fatal(err)
			}
		}
		if err := q.Append([]byte("\x07of a later version")); err != nil {
			t.Fatal(err)
		}
		s := newSpooling(t, k, q)
		stop := running(s, q)
		synctest.Wait()
		if s.isAway() != 0 || q.Stats().Damaged != 2 {
			t.Errorf("away %v, %+v", s.isAway(), q.Stats())
		}
		stop()
		aside, _ := os.ReadDir(filepath.Join(dir, "aside"))
		if len(aside) != 2 {
			t.Errorf("aside: %v", aside)
		}
		if all := strings.Join(k.log, "\n"); strings.Contains(all, "v-003") || !strings.Contains(all, "v-005") {
			t.Errorf("log %s", all)
		}
	})
}

// FuzzSpoolEntry: no bytes crash the decoder, and what it takes it gives back.
func FuzzSpoolEntry(f *testing.F) {
	f.Add(encodeEntry(orderRec("o")))
	f.Add([]byte{entryVersion, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		recs, ok := decodeEntry(nil, b)
		if !ok {
			return
		}
		again, ok := decodeEntry(nil, encodeEntry(recs))
		if !ok || !slices.Equal(texts(recs), texts(again)) {
			t.Fatalf("%q", b)
		}
	})
}
