package processors_test

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	. "tidemark/processors"
	"tidemark/schemas"
)

const (
	testTopic = "tidemark.test"
	testGroup = "tidemark-test"
)

// kafka is a broker inside the test's bubble: the real protocol over pipes, and a clock that runs as fast as it can.
type kafka struct {
	t       *testing.T
	cluster *kfake.Cluster
	network *kfake.VirtualNetwork
	client  *kgo.Client // for producing
	padding int         // bytes that load adds to a record, and that do not compress
}

func newKafka(t *testing.T, partitions int32) *kafka {
	k := &kafka{t: t, network: &kfake.VirtualNetwork{}}
	var err error
	k.cluster, err = kfake.NewCluster(kfake.NumBrokers(1), kfake.Ports(9092), kfake.ListenFn(k.network.Listen))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.cluster.Close)
	k.create(testTopic, partitions, "LogAppendTime")
	k.client, err = kgo.NewClient(append(k.options(), kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.client.Close)
	return k
}

func (k *kafka) create(topic string, partitions int32, timestamps string) {
	if err := k.cluster.CreateTopic(topic, partitions, map[string]string{"message.timestamp.type": timestamps}); err != nil {
		k.t.Fatal(err)
	}
}

func (k *kafka) options() []kgo.Opt {
	return []kgo.Opt{kgo.SeedBrokers(k.cluster.ListenAddrs()...), kgo.Dialer(k.network.DialContext)}
}

func (k *kafka) produce(partition int32, values ...string) {
	k.t.Helper()
	var recs []*kgo.Record
	for _, v := range values {
		recs = append(recs, &kgo.Record{Topic: testTopic, Partition: partition, Value: []byte(v)})
	}
	if err := k.client.ProduceSync(context.Background(), recs...).FirstErr(); err != nil {
		k.t.Error(err)
	}
}

func (k *kafka) heartbeat(partition int32) {
	r := &kgo.Record{Topic: testTopic, Partition: partition, Headers: []kgo.RecordHeader{{Key: schemas.HeartbeatHeader}}}
	if err := k.client.ProduceSync(context.Background(), r).FirstErr(); err != nil {
		k.t.Error(err)
	}
}

// load produces n records per partition, out of order by up to two seconds, spread over the time given.
func (k *kafka) load(partitions int32, n int, over time.Duration) {
	base := time.Now().UnixMilli()
	const steps = 50
	for step := range steps {
		for p := range partitions {
			var values []string
			for i := step * n / steps; i < (step+1)*n/steps; i++ {
				ms := base + int64(i)*20 - int64((i*7919)%2000)
				values = append(values, strconv.FormatInt(ms, 10)+k.pad())
			}
			k.produce(p, values...)
		}
		time.Sleep(over / steps)
	}
}

func (k *kafka) pad() string {
	if k.padding == 0 {
		return ""
	}
	b := make([]byte, k.padding)
	for i := range b {
		b[i] = byte(rand.Uint32())
	}
	return ";" + string(b)
}

// part is the part number of a partition of the test topic.
func (k *kafka) part(partition int32) uint64 {
	return Part(k.cluster.TopicInfo(testTopic).TopicID, partition)
}

// commit returns the group's position in a partition, and false where it has committed none.
func (k *kafka) commit(partition int32) (Position, bool) {
	k.t.Helper()
	info := k.cluster.GroupInfo(testGroup)
	if info == nil {
		return Position{}, false
	}
	c, ok := info.Commits[testTopic][partition]
	if !ok {
		return Position{}, false
	}
	p, err := DecodePosition(c.Offset, c.Metadata)
	if err != nil {
		k.t.Errorf("partition %d: %v", partition, err)
	}
	return p, true
}

// log reads the whole partition.
func (k *kafka) log(partition int32) (recs []Record) {
	k.t.Helper()
	end := k.cluster.PartitionInfo(testTopic, partition).HighWatermark
	cl, err := kgo.NewClient(append(k.options(), kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{testTopic: {partition: kgo.NewOffset().AtStart()}}))...)
	if err != nil {
		k.t.Fatal(err)
	}
	defer cl.Close()
	for int64(len(recs)) < end {
		cl.PollFetches(context.Background()).EachRecord(func(r *kgo.Record) {
			recs = append(recs, Record{Offset: r.Offset, Time: schemas.Millis(r.Timestamp.UnixMilli()), Value: r.Value, Heartbeat: len(r.Headers) > 0})
		})
	}
	return recs
}

// member is one Run under test.
type member struct {
	t      *testing.T
	cfg    Config
	reg    *prometheus.Registry
	cancel context.CancelFunc
	done   chan error
	cut    *cutter
}

// member makes a member of the group whose tasks count; change may alter its settings.
func (k *kafka) member(store Sink, change func(*Config)) *member {
	m := &member{t: k.t, reg: prometheus.NewRegistry(), done: make(chan error, 1), cut: &cutter{dial: k.network.DialContext, store: store}}
	m.cfg = Config{
		Work: Work{Group: testGroup, Topics: []string{testTopic}, NewTask: func(a Assignment) (Task, error) { return newCountTask(a), nil }},
		Sink: m.cut, Client: append(k.options(), kgo.Dialer(m.cut.dialContext), kgo.SessionTimeout(6*time.Second), kgo.HeartbeatInterval(time.Second)),
		DeadLetters: func(context.Context, string, int32, []Dead) error { return errors.New("unexpected dead letter") },
		Status:      &Status{}, Registry: m.reg, Log: zerolog.New(testLog{k.t}),
	}
	if change != nil {
		change(&m.cfg)
	}
	return m
}

func (m *member) start() *member {
	ctx, cancel := context.WithCancel(context.Background())
	m.cancel = cancel
	go func() { m.done <- Run(ctx, m.cfg) }()
	return m
}

// stop drains the member and expects it to end without an error.
func (m *member) stop() {
	m.t.Helper()
	m.cancel()
	if err := <-m.done; err != nil {
		m.t.Errorf("Run ended with %v", err)
	}
}

// kill cuts the member off from the broker and the store, as if its process had died: no last flush, no goodbye.
func (m *member) kill() {
	m.cut.kill()
	m.cancel()
	<-m.done
}

// metric sums a metric over its labels.
func (m *member) metric(name string, labels map[string]string) (sum float64) {
	m.t.Helper()
	families, err := m.reg.Gather()
	if err != nil {
		m.t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != "tidemark_run_"+name {
			continue
		}
		for _, s := range f.GetMetric() {
			have := map[string]string{}
			for _, l := range s.GetLabel() {
				have[l.GetName()] = l.GetValue()
			}
			want := maps.Clone(have)
			maps.Copy(want, labels)
			if maps.Equal(have, want) {
				sum += s.GetGauge().GetValue() + s.GetCounter().GetValue() + float64(s.GetHistogram().GetSampleCount())
			}
		}
	}
	return sum
}

type testLog struct{ t *testing.T }

func (l testLog) Write(b []byte) (int, error) {
	l.t.Logf("%s %s", time.Now().Format("15:04:05.000"), b)
	return len(b), nil
}
