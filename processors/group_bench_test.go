package processors_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	. "tidemark/processors"
	"tidemark/schemas"
)

// idleTask does nothing with its records, so what is left is the cost of Run.
type idleTask struct{ next int64 }

func (t *idleTask) Apply(recs []Record) { t.next = recs[len(recs)-1].Offset + 1 }
func (t *idleTask) Flush(bool) Flush {
	return Flush{Position: Position{C: t.next, L: t.next, P: t.next}}
}
func (t *idleTask) Close()       {}
func (t *idleTask) Bytes() int64 { return 0 }

type idleSink struct{}

func (idleSink) Insert(context.Context, []schemas.Block) error { return nil }
func (idleSink) Watermark(context.Context, string, uint64) (schemas.Millis, error) {
	return 0, nil
}

const (
	benchPartitions = 8
	benchRecords    = 50_000 // per partition
)

// BenchmarkGroup compares a bounded Run with the bare client. The broker works in the same process, so both include it.
func BenchmarkGroup(b *testing.B) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(benchPartitions, testTopic))
	if err != nil {
		b.Fatal(err)
	}
	defer cluster.Close()
	brokers := kgo.SeedBrokers(cluster.ListenAddrs()...)
	fillTopic(b, brokers)
	b.Run("client", func(b *testing.B) {
		before := cpuTime(b)
		for b.Loop() {
			pollAll(b, brokers)
		}
		reportCPU(b, before)
	})
	b.Run("run", func(b *testing.B) {
		before := cpuTime(b)
		for b.Loop() {
			err := Run(context.Background(), Config{
				Work: Work{Group: testGroup, Topics: []string{testTopic}, NewTask: func(Assignment) (Task, error) { return &idleTask{}, nil }},
				Sink: idleSink{}, Client: []kgo.Opt{brokers}, Bounded: true, RecordTime: RecordTimeCreate, Log: zerolog.Nop(),
				DeadLetters: func(context.Context, string, int32, []Dead) error { return nil },
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		reportCPU(b, before)
	})
}

func fillTopic(b *testing.B, brokers kgo.Opt) {
	cl, err := kgo.NewClient(brokers, kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerBatchCompression(kgo.Lz4Compression()))
	if err != nil {
		b.Fatal(err)
	}
	defer cl.Close()
	r := rand.New(rand.NewPCG(1, 2))
	for range benchRecords {
		for p := range int32(benchPartitions) {
			cl.Produce(context.Background(), &kgo.Record{Topic: testTopic, Partition: p, Value: halfRandom(r)}, nil)
		}
	}
	if err := cl.Flush(context.Background()); err != nil {
		b.Fatal(err)
	}
}

func pollAll(b *testing.B, brokers kgo.Opt) {
	cl, err := kgo.NewClient(brokers, kgo.ConsumeTopics(testTopic))
	if err != nil {
		b.Fatal(err)
	}
	defer cl.Close()
	for n := 0; n < benchPartitions*benchRecords; {
		n += cl.PollFetches(context.Background()).NumRecords()
	}
}

// cpuTime is what the process has used so far: on a shared machine the only figure that means something.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func reportCPU(b *testing.B, before time.Duration) {
	b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N*benchPartitions*benchRecords), "cpu-ns/record")
}

// halfRandom compresses about as well as an event does.
func halfRandom(r *rand.Rand) []byte {
	value := bytes.Repeat([]byte("tide"), 100)
	for i := range 100 {
		value[i*4] = byte(r.Uint32())
	}
	return value
}
