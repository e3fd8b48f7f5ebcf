package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/deploy/embedded"
)

func openKafka(t *testing.T, dir string, partitions int32, sync bool) *embedded.Kafka {
	t.Helper()
	k, err := embedded.OpenKafka(t.Context(), embedded.KafkaConfig{Data: dir, Partitions: partitions, Sync: sync, Log: zerolog.New(zerolog.NewTestWriter(t))})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func kafkaClient(t *testing.T, addr string, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	c, err := kgo.NewClient(append(opts, kgo.SeedBrokers(addr), kgo.ProducerLinger(0), kgo.DisableClientMetrics())...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// topicState is what must survive a restart.
type topicState struct {
	ids map[string]kadm.TopicID
	end map[string]int64 // topic/partition to end offset
}

func stateOf(t *testing.T, addr string) topicState {
	t.Helper()
	adm := kadm.NewClient(kafkaClient(t, addr))
	topics, err := adm.ListTopics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := topicState{map[string]kadm.TopicID{}, map[string]int64{}}
	for name, d := range topics {
		s.ids[name] = d.ID
	}
	ends, err := adm.ListEndOffsets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ends.Each(func(o kadm.ListedOffset) { s.end[fmt.Sprint(o.Topic, "/", o.Partition)] = o.Offset })
	return s
}

// readAll returns the values of a topic's partitions by offset.
func readAll(t *testing.T, addr, topic string, want int) map[string]string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	c := kafkaClient(t, addr, kgo.ConsumeTopics(topic))
	got := map[string]string{}
	for len(got) < want {
		fetches := c.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("read %d of %d records: %v", len(got), want, err)
		}
		fetches.EachRecord(func(r *kgo.Record) { got[fmt.Sprint(r.Partition, "@", r.Offset)] = string(r.Value) })
	}
	return got
}

func TestKafkaTopics(t *testing.T) {
	k := openKafka(t, t.TempDir(), 3, false)
	defer k.Close()
	topics, err := kadm.NewClient(kafkaClient(t, k.Addr())).ListTopics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := embedded.Topics(3)
	if len(topics) != 14 || len(want) != 14 {
		t.Fatalf("%d topics, %d wanted: %v", len(topics), len(want), topics.Names())
	}
	for name, n := range want {
		if have := len(topics[name].Partitions); have != int(n) {
			t.Errorf("topic %s has %d partitions, want %d", name, have, n)
		}
	}
}

func TestKafkaRefusesOtherPartitionCountAndSecondProcess(t *testing.T) {
	dir := t.TempDir()
	k := openKafka(t, dir, 2, false)
	if _, err := embedded.OpenKafka(t.Context(), embedded.KafkaConfig{Data: dir, Partitions: 2}); err == nil {
		t.Error("a second broker opened the directory of a running one")
	}
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := embedded.OpenKafka(t.Context(), embedded.KafkaConfig{Data: dir, Partitions: 5})
	if err == nil || !strings.Contains(err.Error(), "has 2 partitions and 5") {
		t.Errorf("another partition count: %v", err)
	}
}

func TestKafkaContinuesAfterRestart(t *testing.T) {
	dir, topic := t.TempDir(), "tidemark.orders"
	k := openKafka(t, dir, 2, false)
	p := kafkaClient(t, k.Addr())
	for i := range 500 {
		r := &kgo.Record{Topic: topic, Key: fmt.Append(nil, i), Value: fmt.Append(nil, "v", i), Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("x")}}}
		if err := p.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	commitOffset(t, k.Addr(), topic)
	before, data := stateOf(t, k.Addr()), readAll(t, k.Addr(), topic, 500)
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}

	k = openKafka(t, dir, 2, false)
	defer k.Close()
	compareStates(t, before, stateOf(t, k.Addr()))
	again := readAll(t, k.Addr(), topic, 500)
	for at, v := range data {
		if again[at] != v {
			t.Fatalf("%s %s: %q after the restart, %q before", topic, at, again[at], v)
		}
	}
	checkOffset(t, k.Addr(), topic)
}

const commitMetadata = `{"L":40,"P":42,"M":1}`

func commitOffset(t *testing.T, addr, topic string) {
	t.Helper()
	commit := kadm.Offsets{topic: {1: {Topic: topic, Partition: 1, At: 42, LeaderEpoch: -1, Metadata: commitMetadata}}}
	if err := kadm.NewClient(kafkaClient(t, addr)).CommitAllOffsets(t.Context(), "fast", commit); err != nil {
		t.Fatal(err)
	}
}

func checkOffset(t *testing.T, addr, topic string) {
	t.Helper()
	offsets, err := kadm.NewClient(kafkaClient(t, addr)).FetchOffsets(t.Context(), "fast")
	if err != nil {
		t.Fatal(err)
	}
	if o, ok := offsets.Lookup(topic, 1); !ok || o.At != 42 || o.Metadata != commitMetadata {
		t.Errorf("committed offset after the restart: %+v %v", o, ok)
	}
}

func compareStates(t *testing.T, before, after topicState) {
	t.Helper()
	for name, id := range before.ids {
		if after.ids[name] != id || id == (kadm.TopicID{}) {
			t.Errorf("topic %s: id %v after the restart, %v before", name, after.ids[name], id)
		}
	}
	for part, end := range before.end {
		if after.end[part] < end {
			t.Errorf("%s: end offset %d after the restart, %d before", part, after.end[part], end)
		}
	}
}

// kafkaChildEnv makes the test binary a broker that is killed.
const kafkaChildEnv = "TIDEMARK_TEST_KAFKA_DIR"

// kafkaChild runs a broker until it is killed.
func kafkaChild() {
	dir := os.Getenv(kafkaChildEnv)
	port, err := strconv.Atoi(os.Getenv("TIDEMARK_TEST_KAFKA_PORT"))
	if err != nil {
		panic(err)
	}
	k, err := embedded.OpenKafka(context.Background(), embedded.KafkaConfig{Data: dir, Port: port, Partitions: 2})
	if err != nil {
		panic(err)
	}
	fmt.Println(k.Addr())
	select {}
}

func TestKafkaKeepsAcknowledgedRecordsAfterSIGKILL(t *testing.T) {
	dir, topic := t.TempDir(), "tidemark.clickstream"
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), kafkaChildEnv+"="+dir, "TIDEMARK_TEST_KAFKA_PORT=0")
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var addr string
	if _, err := fmt.Fscanln(out, &addr); err != nil {
		t.Fatal(err)
	}
	defer child.Process.Kill() // only if the test fails early
	ids := stateOf(t, addr).ids
	commitOffset(t, addr, topic)
	p := kafkaClient(t, addr, kgo.RecordDeliveryTimeout(2*time.Second), kgo.DisableIdempotentWrite())
	acked := map[string]string{}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for i := 0; ctx.Err() == nil; i++ {
		if i == 1000 {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		r := &kgo.Record{Topic: topic, Key: fmt.Append(nil, i), Value: fmt.Append(nil, "v", i)}
		if err := p.ProduceSync(ctx, r).FirstErr(); err != nil {
			if i < 1000 {
				t.Fatalf("record %d: %v", i, err)
			}
			break
		}
		acked[fmt.Sprint(r.Partition, "@", r.Offset)] = string(r.Value)
	}
	var exit *exec.ExitError
	if err := child.Wait(); !errors.As(err, &exit) || len(acked) < 1000 {
		t.Fatalf("the broker was not killed under load: %v, %d acknowledged", err, len(acked))
	}

	k := openKafka(t, dir, 2, false)
	defer k.Close()
	compareStates(t, topicState{ids: ids}, stateOf(t, k.Addr()))
	checkOffset(t, k.Addr(), topic)
	got := readAll(t, k.Addr(), topic, len(acked))
	for at, v := range acked {
		if got[at] != v {
			t.Errorf("%s %s: %q after SIGKILL, acknowledged %q", topic, at, got[at], v)
		}
	}
	t.Logf("%d records acknowledged before SIGKILL, %d found", len(acked), len(got))
}
