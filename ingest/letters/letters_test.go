package letters

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"tidemark/ingest"
	"tidemark/schemas"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSafe(t *testing.T) {
	for in, want := range map[string]string{
		"plain é 京":       "plain é 京",
		"a\x1b[31mb\r\n":  `a\u001b[31mb\u000d\u000a`,
		"\u202eabc\u200b": `\u202eabc\u200b`,
		"\U000e0041":      `\udb40\udc41`,
		"\u0085\u2028":    `\u0085\u2028`,
	} {
		if got := safe(in, false); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
	if got := safe("a\nb\t", true); got != "a\nb\\u0009" {
		t.Errorf("%q", got)
	}
}

// What Lines prints ReadLines reads, whatever the payload is.
func TestLinesAndBack(t *testing.T) {
	box := &Box{}
	for n, payload := range []string{`{"a":"\u001b\u202e"}`, `"text"`, `1`, ``, "{\"cut", "no\nJSON\x1b", `{"a":1,"a":2}`} {
		box.Items = append(box.Items, &Item{Key: fmt.Sprint("k", n), Letter: ingest.Letter{Kind: ingest.KindInvalid, Source: "segment", Payload: payload, Partial: n == 4}})
	}
	box.Items[0].Replayed = time.UnixMilli(5)
	var out bytes.Buffer
	if err := box.Lines(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); strings.Count(text, "\n") != len(box.Items) || strings.ContainsAny(text, "\x1b\u202e") {
		t.Errorf("%q", text)
	}
	back, err := ReadLines(&out)
	if err != nil {
		t.Fatal(err)
	}
	for n, i := range back.Items {
		want := box.Items[n]
		if i.Letter != want.Letter || i.Key != want.Key || !i.Replayed.Equal(want.Replayed) {
			t.Errorf("%+v, want %+v", i, want)
		}
	}
	mended, err := ReadLines(strings.NewReader(`{"key":"k","source":"ndjson","partial":true,"payload":{"whole":1}}`))
	if err != nil || mended.Items[0].Partial || mended.Items[0].Payload != `{"whole":1}` {
		t.Errorf("%+v %v", mended, err)
	}
	for _, bad := range []string{"nonsense", `{}`, `{"key":"k","source":"x"}`} {
		if _, err := ReadLines(strings.NewReader("\n" + bad)); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// Several groups bury one record; it is one letter, and goes back into its topic under its own key. What is no letter is
// counted and in nobody's way.
func TestRecordsThatGroupsBuried(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(3, schemas.DeadLetterTopic, schemas.Orders.Topic()))
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	options := []kgo.Opt{kgo.SeedBrokers(cluster.ListenAddrs()...)}
	kafka, err := ingest.NewKafka(t.Context(), ingest.KafkaConfig{Options: options})
	if err != nil {
		t.Fatal(err)
	}
	defer kafka.Close()
	dead := ingest.DeadLetter{Kind: ingest.KindInvalid, Reason: "panic while counting", Topic: schemas.Orders.Topic(), Partition: 2, Offset: 9, RecordKey: []byte("o1"),
		ReceivedAt: 1795381490000, Payload: []byte(`{"event_id":"e1","type":"order_placed","occurred_at":1795381489000,"shop":"a","order_id":"o1"}`)}
	for _, group := range []string{"tidemark-land", "tidemark-fast"} {
		dead.Source = group
		if err := ingest.NewDeadLetters(kafka).Write(t.Context(), dead); err != nil {
			t.Fatal(err)
		}
	}
	if err := kafka.Produce(t.Context(), []*kgo.Record{{Topic: schemas.DeadLetterTopic, Key: []byte("x"), Value: []byte("nonsense")}}); err != nil {
		t.Fatal(err)
	}
	read := func() *Box {
		box, err := Read(t.Context(), options, Filter{})
		if err != nil || len(box.Items) != 1 || box.Unreadable != 1 {
			t.Fatalf("%+v %v", box, err)
		}
		return box
	}
	box := read()
	var out bytes.Buffer
	if err := box.Table(&out); err != nil || !strings.Contains(out.String(), "tidemark-fast,tidemark-land") || !strings.Contains(out.String(), "that are no letters: 1") {
		t.Errorf("%v\n%s", err, &out)
	}
	cfg := Config{Read: (&ingest.Collector{}).Replay, Producer: kafka, Now: time.Now}
	if s, err := Replay(t.Context(), cfg, box, &out); err != nil || s.Sent != 1 {
		t.Fatalf("%+v %v\n%s", s, err, &out)
	}
	box = read()
	if box.Items[0].Replayed.IsZero() {
		t.Error("not marked")
	}
	client, err := kgo.NewClient(append(options, kgo.ConsumeTopics(schemas.Orders.Topic()))...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if recs := client.PollFetches(ctx).Records(); len(recs) != 1 || string(recs[0].Key) != "o1" || string(recs[0].Value) != string(dead.Payload) {
		t.Errorf("%v", recs)
	}
}

// failing is a Kafka that takes events and no markers.
type failing struct{ events int }

func (f *failing) Produce(_ context.Context, recs []*kgo.Record) error {
	if recs[0].Topic == schemas.DeadLetterTopic {
		return errors.New("no broker")
	}
	f.events += len(recs)
	return nil
}

// An event is sent before it is marked, so that nothing is taken for replayed which is not.
func TestReplayMarksLast(t *testing.T) {
	kafka := &failing{}
	cfg := Config{Producer: kafka, Now: time.Now, Read: func(string, *ingest.Letter) ([]*kgo.Record, error) {
		return []*kgo.Record{{Topic: schemas.Orders.Topic()}}, nil
	}}
	_, err := Replay(t.Context(), cfg, &Box{Items: []*Item{{Key: "k1"}, {Key: "k2"}}}, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "k1") || kafka.events != 1 {
		t.Errorf("%v after %d events", err, kafka.events)
	}
}

// FuzzLines: no file crashes the reader, and what it reads can be printed and read again.
func FuzzLines(f *testing.F) {
	f.Add([]byte(`{"key":"k","source":"ndjson","payload":{"a":1}}`))
	f.Add([]byte(`{"key":"k","source":"ndjson","payload":"cut","partial":true}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		box, err := ReadLines(bytes.NewReader(text))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := box.Lines(t.Context(), &out); err != nil {
			t.Fatal(err)
		}
		if back, err := ReadLines(&out); err != nil || len(back.Items) != len(box.Items) {
			t.Fatalf("%v: %s", err, &out)
		}
	})
}
