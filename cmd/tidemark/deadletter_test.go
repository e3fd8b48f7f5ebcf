package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/ingest"
	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/processors/proctest"
	"tidemark/schemas"
)

// letterBench is a broker in this process and a collector before it.
type letterBench struct {
	t       *testing.T
	brokers string
	shops   string
	handler http.Handler
}

func newLetterBench(t *testing.T) *letterBench {
	live, _ := schemas.FamilyTopics()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, append(live, schemas.DeadLetterTopic)...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	b := &letterBench{t: t, brokers: strings.Join(cluster.ListenAddrs(), ","), shops: "../../deploy/demo/shops.yaml"}
	shops, err := schemas.LoadShops(b.shops)
	if err != nil {
		t.Fatal(err)
	}
	kafka, err := ingest.NewKafka(t.Context(), ingest.KafkaConfig{Options: []kgo.Opt{kgo.SeedBrokers(cluster.ListenAddrs()...)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(kafka.Close)
	c, err := ingest.New(ingest.Config{Shops: func() *schemas.Shops { return shops }, Producer: kafka, Log: zerolog.Nop(), Registry: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	b.handler = c.Handler()
	return b
}

func (b *letterBench) post(path, key, body string) {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.SetBasicAuth(key, "")
	r.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(path, "/v1/events") {
		r.Header.Set("Content-Type", "application/x-ndjson")
	}
	w := httptest.NewRecorder()
	if b.handler.ServeHTTP(w, r); w.Code/100 != 2 {
		b.t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
}

// letters runs tidemark deadletter.
func (b *letterBench) letters(code int, args ...string) string {
	b.t.Helper()
	args = append([]string{"deadletter", args[0], "--brokers", b.brokers}, args[1:]...)
	if args[1] == "replay" {
		args = append(args, "--shops", b.shops)
	}
	got, stdout, stderr := call(b.t, args...)
	if got != code {
		b.t.Fatalf("%v: exit %d, want %d: %s%s", args, got, code, stdout, stderr)
	}
	return stdout + stderr
}

// log reads everything in the topic of a family, by partition.
func (b *letterBench) log(topic string) (log [2][]processors.Record, n int) {
	b.t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(b.brokers), kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		b.t.Fatal(err)
	}
	defer client.Close()
	for {
		ctx, cancel := context.WithTimeout(b.t.Context(), 300*time.Millisecond)
		fetches := client.PollFetches(ctx)
		cancel()
		if fetches.NumRecords() == 0 {
			return log, n
		}
		fetches.EachRecord(func(r *kgo.Record) {
			log[r.Partition] = append(log[r.Partition], processors.Record{Offset: r.Offset, Time: schemas.MillisOf(r.Timestamp), Value: r.Value})
			n++
		})
	}
}

// TestDeadLetters buries events, reads them, mends one, and sends them again, twice.
func TestDeadLetters(t *testing.T) {
	b := newLetterBench(t)
	if out := b.letters(exitOK, "list"); !strings.Contains(out, "no dead letters") {
		t.Errorf("an empty topic: %s", out)
	}
	at := time.Now().Add(-5 * time.Minute).UTC().Format(time.RFC3339)
	b.post("/v1/batch", "pk_demo_playground", `{"sentAt":"`+time.Now().UTC().Format(time.RFC3339)+`","context":{"campaign":{"name":"spring","source":"mail","medium":"email"}},"batch":[
		{"type":"track","event":"Product Viewed","anonymousId":"ann","timestamp":"`+at+`","properties":{"product_id":"p1","price":"many\u001b[31m"}},
		{"type":"page","messageId":"good","anonymousId":"ann","timestamp":"`+at+`"}]}`)
	b.post("/v1/events?family=orders", "sk_demo_playground", `{"type":"order_placed","occurred_at":"`+at+`","order_id":"o-202611220000001","buyer":"ann","currency":"USD","total":"19.90"}
		{"event_id":"odd","type":"order_odd","occurred_at":"`+at+`","order_id":"o2","currency":"USD","total":"1"}`)

	out := b.letters(exitOK, "list")
	for _, want := range []string{"bad_amount", "missing_field", "unknown_type", "playground", "segment", "ndjson", "REPLAYED"} {
		if !strings.Contains(out, want) {
			t.Errorf("the list lacks %s:\n%s", want, out)
		}
	}
	if out := b.letters(exitOK, "list", "--kind", "bad_amount", "--source", "segment", "--shop", "playground", "--since", "1h"); strings.Count(out, "\n") != 2 {
		t.Errorf("filtered:\n%s", out)
	}
	for _, none := range [][]string{{"--shop", "nobody"}, {"--until", "1h"}, {"--since", "2030-01-01"}, {"--topic", "tidemark.orders"}} {
		if out := b.letters(exitOK, append([]string{"list"}, none...)...); !strings.Contains(out, "none of the 3") && !strings.Contains(out, "no dead letters") {
			t.Errorf("%v:\n%s", none, out)
		}
	}
	if out := b.letters(exitOK, "list", "--limit", "1"); strings.Count(out, "\n") != 2 {
		t.Errorf("limited:\n%s", out)
	}
	if out := b.letters(exitOK, "list", "--count"); !strings.Contains(out, "1        0         bad_amount     segment  playground") {
		t.Errorf("counted:\n%s", out)
	}
	lines := b.letters(exitOK, "list", "--json", "--kind", "bad_amount")
	key := between(lines, `"key":"`, `"`)
	shown := b.letters(exitOK, "show", key)
	if !strings.Contains(shown, `"product_id": "p1"`) || strings.Contains(shown+lines, "\x1b") || !strings.Contains(shown, "spring") {
		t.Errorf("shown:\n%q", shown)
	}
	if out := b.letters(exitFailure, "show", "no-such-key"); !strings.Contains(out, "no letter") {
		t.Errorf("shown:\n%s", out)
	}

	dry := b.letters(exitFailure, "replay", "--all", "--dry-run")
	if strings.Count(dry, "would be accepted") != 1 || strings.Count(dry, "  refused: ") != 2 || !strings.Contains(dry, "1 would be sent, 0 skipped, 2 refused") {
		t.Errorf("dry run:\n%s", dry)
	}
	if _, n := b.log(schemas.Orders.Topic()); n != 0 {
		t.Errorf("a dry run sends %d orders", n)
	}
	mended := filepath.Join(t.TempDir(), "mended")
	if err := os.WriteFile(mended, []byte(strings.Replace(lines, `many\u001b[31m`, "5.50", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := b.letters(exitOK, "replay", "--file", mended); !strings.Contains(out, "1 sent, 0 skipped, 0 refused") {
		t.Errorf("mended:\n%s", out)
	}
	b.letters(exitOK, "replay", "--kind", "missing_field")
	if out := b.letters(exitFailure, "replay", "--all"); !strings.Contains(out, "0 sent, 2 skipped, 1 refused") || !strings.Contains(out, "--again") {
		t.Errorf("once more:\n%s", out)
	}
	if out := b.letters(exitOK, "list", "--count"); !strings.Contains(out, "1        1         bad_amount") || !strings.Contains(out, "1        0         unknown_type") {
		t.Errorf("counted after the replay:\n%s", out)
	}
	if out := b.letters(exitOK, "replay", "--file", mended); !strings.Contains(out, "0 sent, 1 skipped") {
		t.Errorf("mended once more:\n%s", out)
	}
	foreign := filepath.Join(t.TempDir(), "foreign")
	if err := os.WriteFile(foreign, []byte(strings.Replace(lines, key, "made-up", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	b.letters(exitFailure, "replay", "--file", foreign)
	once := map[string][2][]processors.Record{}
	for _, topic := range []string{schemas.Clickstream.Topic(), schemas.Orders.Topic()} {
		once[topic], _ = b.log(topic)
	}
	b.letters(exitOK, "replay", "--file", mended, "--again")
	b.letters(exitOK, "replay", "--kind", "missing_field", "--again")
	b.countsOnce(once)
}

// countsOnce holds the log with the second replay to the log before it. The second comes beyond the horizons of
// deduplication, when no group knows the first any more: it is late then, for every metric, and a recompute tells it by id
// and time. The control, which takes nothing for a duplicate, must count it.
func (b *letterBench) countsOnce(once map[string][2][]processors.Record) {
	b.t.Helper()
	more, caught := 0, 0
	for topic, before := range once {
		after, _ := b.log(topic)
		var defs []processors.Definition
		for _, d := range metrics.All().Streams() {
			if d.Topic == topic {
				defs = append(defs, d)
			}
		}
		for p := range after {
			first, second := before[p], after[p][len(before[p]):]
			more += len(second)
			later := schemas.Millis(25 * time.Hour / time.Millisecond)
			beat := processors.Record{Offset: 1000, Time: first0(after[p]) + later, Heartbeat: true}
			whole := append(append([]processors.Record{}, first...), beat)
			for i, r := range second {
				r.Offset, r.Time = int64(1001+i), beat.Time
				whole = append(whole, r)
			}
			alone := append(append([]processors.Record{}, first...), beat)
			for _, o := range []proctest.Options{{}, {Recompute: true}} {
				if want, got := b.rows(defs, alone, o), b.rows(defs, whole, o); want != got {
					b.t.Errorf("%s/%d %+v: a second replay changes the figures:\n%s\nwant\n%s", topic, p, o, got, want)
				}
			}
			if b.rows(defs, alone, proctest.Options{NoLateness: true}) != b.rows(defs, whole, proctest.Options{NoLateness: true, Broken: proctest.NothingIsDuplicate}) {
				caught++
			}
		}
	}
	if more != 2 || caught == 0 {
		b.t.Errorf("%d records of the second replay, want 2; the control differs in %d partitions", more, caught)
	}
}

func first0(records []processors.Record) schemas.Millis {
	if len(records) == 0 {
		return 0
	}
	return records[0].Time
}

// rows writes out what the oracle counts.
func (b *letterBench) rows(defs []processors.Definition, log []processors.Record, o proctest.Options) string {
	b.t.Helper()
	out, err := proctest.Batch(defs, log, o)
	if err != nil {
		b.t.Fatal(err)
	}
	rows := map[string]map[proctest.Key]string{}
	for name, c := range out.Metrics {
		rows[name] = map[proctest.Key]string{}
		for key, row := range c.Rows {
			rows[name][key] = fmt.Sprintf("%+v", row.Cells)
		}
	}
	return fmt.Sprint(rows) // maps are printed in order
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}
