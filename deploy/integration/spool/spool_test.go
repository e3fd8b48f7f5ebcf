//go:build integration

package spool

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tidemark/deploy/integration/chaos"
	"tidemark/deploy/integration/rig"
	"tidemark/processors/proctest"
	"tidemark/schemas"
)

// settings of the outage; TIDEMARK_OUTAGE=60s makes it a longer one.
const (
	usualOutage = 15 * time.Second
	around      = 8 * time.Second // load before and after
	clickers    = 4
	buyers      = 2
)

// TestKafkaAway stops the only broker under load and starts it again; in the midst of it the collector gets SIGKILL.
func TestKafkaAway(t *testing.T) {
	outage := usualOutage
	if text := os.Getenv("TIDEMARK_OUTAGE"); text != "" {
		var err error
		if outage, err = time.ParseDuration(text); err != nil {
			t.Fatal("TIDEMARK_OUTAGE: ", err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), outage+8*time.Minute)
	defer cancel()
	r, err := rig.Start(ctx, t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s := &scene{t: t, rig: r, crew: chaos.NewCrew(r.Dir), outage: outage, over: make(chan struct{}),
		tally: &tally{ledger: chaos.NewLedger(), sent: map[string]int{}}}
	defer s.crew.End()
	s.join(ctx)
	out, err := s.run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s.checkSenders()
	s.checkLog(out.Log)
	s.checkRaw(ctx)
	s.compare(ctx, out.Log, chaos.Metrics(proctest.NoneBroken), chaos.Metrics(proctest.NothingIsDuplicate), chaos.Corrected())
	s.correct(ctx)
	s.compare(ctx, out.Log, chaos.Corrected(), chaos.Metrics(proctest.NoneBroken))
}

// scene is the test under way.
type scene struct {
	t          *testing.T
	rig        *rig.Rig
	crew       *chaos.Crew
	outage     time.Duration
	over       chan struct{} // closed when the fault is over
	tally      *tally
	url, admin string
	most       string // the largest spool seen, for the log
}

func (s *scene) join(ctx context.Context) {
	s.t.Helper()
	listen, err1 := rig.FreeAddr()
	admin, err2 := rig.FreeAddr()
	p := s.rig.Programs
	p.Extra = []string{"--flush-every", "1s"}
	err := errors.Join(err1, err2, s.crew.Join("fast", p.Process("fast")), s.crew.Join("slow", p.Process("slow")), s.crew.Join("land", p.Land()),
		s.crew.Join("collect", p.Spooled(listen, admin, filepath.Join(s.rig.Dir, "spool"))))
	s.url, s.admin = "http://"+listen, "http://"+admin
	if err == nil {
		collect, failed := s.crew.Process("collect")
		err = errors.Join(failed, rig.WaitHTTP(ctx, collect, s.admin+"/readyz"))
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) run(ctx context.Context) (chaos.Outcome, error) {
	brokers := s.rig.Kafka.Brokers()
	load := chaos.Load{Partitions: rig.Partitions}
	return chaos.Run{
		Brokers: brokers, ClickHouse: s.rig.ClickHouse, Crew: s.crew, CatchUp: 3 * time.Minute, Patience: 30 * time.Second, Logf: s.t.Logf,
		Load:  s.load,
		Beat:  func(ctx context.Context) error { return load.Heartbeats(ctx, brokers) },
		Fault: s.fault,
	}.Do(ctx)
}

// fault stops Kafka for a while.
func (s *scene) fault(ctx context.Context) error {
	defer close(s.over)
	pause(ctx, around)
	if err := s.rig.Kafka.Stop(0); err != nil {
		return err
	}
	began := time.Now()
	pause(ctx, s.outage*2/3)
	s.most = strings.Join(s.spooled(ctx, "bytes", "entries", "oldest_seconds", "kept_total", "refused_total"), ", ")
	if err := ready(ctx, s.admin); err != nil {
		return fmt.Errorf("a collector that can spool must stay ready: %w", err)
	}
	if err := s.crew.KillOne(ctx, "collect", 300*time.Millisecond); err != nil {
		return err
	}
	pause(ctx, s.outage/3)
	s.t.Logf("Kafka was away for %.0f s; before the collector was killed: %s", time.Since(began).Seconds(), s.most)
	if err := s.rig.Kafka.Restart(ctx, 0); err != nil {
		return err
	}
	began = time.Now()
	for {
		if left := s.spooled(ctx, "entries"); len(left) == 1 && left[0] == "entries 0" {
			break
		}
		if time.Since(began) > time.Minute {
			return fmt.Errorf("the spool is not empty a minute after Kafka is back: %v", s.spooled(ctx, "entries", "bytes"))
		}
		pause(ctx, 100*time.Millisecond)
	}
	s.t.Logf("the spool was empty %.1f s after Kafka was back: %v", time.Since(began).Seconds(), s.spooled(ctx, "drained_total"))
	pause(ctx, around)
	return ctx.Err()
}

// load sends until the fault is over, and then ends the collector, whose heartbeats would go on.
func (s *scene) load(ctx context.Context) (chaos.Sent, error) {
	var all sync.WaitGroup
	for i := range clickers {
		all.Go(func() { (&sender{url: s.url, name: fmt.Sprint("c", i), tally: s.tally}).clicks(ctx, s.over) })
	}
	for i := range buyers {
		all.Go(func() { (&sender{url: s.url, name: fmt.Sprint("b", i), tally: s.tally}).orders(ctx, s.over) })
	}
	all.Wait()
	return chaos.Sent{Events: s.tally.ledger.Events()}, s.crew.Leave(ctx, "collect", 30*time.Second)
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func ready(ctx context.Context, admin string) error {
	text, err := get(ctx, admin+"/readyz")
	if err != nil {
		return fmt.Errorf("%w: %s", err, text)
	}
	return nil
}

func get(ctx context.Context, url string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = errors.New(answer.Status)
	}
	return string(text), err
}

var spoolLine = regexp.MustCompile(`(?m)^tidemark_ingest_spool_(\S+?)(\{.*\})? (\S+)$`)

// spooled reads metrics of the spool by the ends of their names.
func (s *scene) spooled(ctx context.Context, names ...string) (out []string) {
	text, err := get(ctx, s.admin+"/metrics")
	if err != nil {
		return nil
	}
	for _, name := range names {
		for _, m := range spoolLine.FindAllStringSubmatch(text, -1) {
			if m[1] == name {
				out = append(out, m[1]+m[2]+" "+m[3])
			}
		}
	}
	return out
}

func (s *scene) checkSenders() {
	t := s.tally
	s.t.Logf("acknowledged %v; %d orders requests answered 503, %d of them with Retry-After; the slowest 2xx to clickstream took %v",
		t.sent, t.refused, t.retry, t.slowest.Round(time.Millisecond))
	if t.unkept > 0 || len(t.failures) > 0 {
		s.t.Errorf("clickstream was answered 503 %d times; failures %v", t.unkept, t.failures)
	}
	if t.refused == 0 || t.retry != t.refused {
		s.t.Errorf("orders were answered 503 %d times, %d with Retry-After: the outage proves nothing, or they were kept silently", t.refused, t.retry)
	}
	if t.slowest > 9*time.Second {
		s.t.Errorf("clickstream waited %v: as long as without a spool", t.slowest)
	}
}

// checkLog looks for every acknowledged event in the log, and for the order in which each visitor's were sent.
func (s *scene) checkLog(log []chaos.Record) {
	found := map[string]map[string]int{schemas.Clickstream.Topic(): {}, schemas.Orders.Topic(): {}}
	newest, swapped, copies := map[string]string{}, 0, 0
	for _, r := range log {
		if r.Heartbeat {
			continue
		}
		var e struct {
			ID      string `json:"event_id"`
			Visitor string `json:"anonymous_id"`
		}
		if err := json.Unmarshal(r.Value, &e); err != nil {
			s.t.Fatal(err)
		}
		found[r.Topic][e.ID]++
		if found[r.Topic][e.ID] > 1 {
			copies++
			continue
		}
		if r.Topic == schemas.Clickstream.Topic() {
			if e.ID <= newest[e.Visitor] {
				swapped++
			}
			newest[e.Visitor] = e.ID
		}
	}
	for topic, ids := range found {
		one := map[string]int{}
		for id := range ids {
			one[id] = 1
		}
		lost, _ := s.tally.ledger.Against(topic, one)
		s.t.Logf("%s: %d different events in the log, %d acknowledged events lost", topic, len(ids), lost)
		if lost > 0 {
			s.t.Errorf("%s: %d acknowledged events are not in the log", topic, lost)
		}
	}
	s.t.Logf("%d copies in the log, %d events out of their visitor's order, %d visitors", copies, swapped, len(newest))
	if swapped > 0 || len(newest) != clickers*visitorsEach {
		s.t.Errorf("%d events lie behind later ones of their visitor", swapped)
	}
}

// checkRaw holds the raw tables to the senders: every acknowledged event once.
func (s *scene) checkRaw(ctx context.Context) {
	for topic, table := range map[string]string{schemas.Clickstream.Topic(): schemas.Clickstream.RawTable(), schemas.Orders.Topic(): schemas.Orders.RawTable()} {
		rows, err := s.rig.ClickHouse.Query(ctx, "SELECT event_id, countIf(NOT duplicate) FROM "+table+" FINAL GROUP BY event_id")
		if err != nil {
			s.t.Fatal(err)
		}
		counted := map[string]int{}
		for _, row := range rows {
			n, err := strconv.Atoi(row[1])
			if err != nil {
				s.t.Fatal(err)
			}
			counted[row[0]] = n
		}
		lost, double := s.tally.ledger.Against(topic, counted)
		if lost+double > 0 {
			s.t.Errorf("%s: %d acknowledged events without a row, %d double", table, lost, double)
		}
	}
}

// compare holds the tables of metrics to an oracle, and wants each control, which is wrong on purpose, to differ.
func (s *scene) compare(ctx context.Context, log []chaos.Record, oracle chaos.Oracle, controls ...chaos.Oracle) {
	s.t.Helper()
	held, err := chaos.HoldAligned(ctx, s.rig.ClickHouse, log, oracle, controls...)
	if err != nil {
		s.t.Fatalf("check error, not a mismatch: %v", err)
	}
	s.t.Log(held)
	for _, problem := range held.Problems() {
		s.t.Error(problem)
	}
}

// correct runs the corrector until no window of an aligned metric is dirty.
func (s *scene) correct(ctx context.Context) {
	marks, err := chaos.Correct(ctx, s.rig, s.crew)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Logf("the corrector cleared %d marks", marks)
}
