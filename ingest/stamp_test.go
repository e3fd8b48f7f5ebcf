package ingest

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

// The clock jumps back and forth and begins anew, and many write at once: times within a partition never run backwards, over a restart
// neither.
func TestStampsNeverRunBackwards(t *testing.T) {
	cluster := newCluster(t)
	var tick atomic.Int64
	clock := func() time.Time {
		n := tick.Add(1)
		return testNow.Add(time.Duration(n-n*7919%50) * time.Millisecond)
	}
	for restart := range 2 {
		if restart == 1 {
			tick.Store(0)
		}
		k, err := NewKafka(t.Context(), KafkaConfig{StampTime: true, Now: clock, Options: []kgo.Opt{kgo.SeedBrokers(cluster.ListenAddrs()...)}})
		if err != nil {
			t.Fatal(err)
		}
		f := newFixture(t, func(c *Config) { c.Producer = k })
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() { f.post("/v1/batch", publicKey, batchOf(500, fmt.Sprint(restart, "-", i))) })
			wg.Go(func() {
				for range 10 {
					if err := k.Produce(t.Context(), heartbeats(map[string]int{schemas.Clickstream.Topic(): testPartitions})); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		k.Close()
	}
	last := map[int32]time.Time{}
	for _, r := range consume(t, cluster, schemas.Clickstream.Topic(), 2*8*(500+10*testPartitions)) {
		if r.Timestamp.Before(last[r.Partition]) {
			t.Fatalf("%s/%d@%d: %v after %v", r.Topic, r.Partition, r.Offset, r.Timestamp, last[r.Partition])
		}
		last[r.Partition] = r.Timestamp
	}
}

func TestStampingNeedsItsTopics(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, schemas.DeadLetterTopic))
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	_, err = NewKafka(t.Context(), KafkaConfig{StampTime: true, Options: []kgo.Opt{kgo.SeedBrokers(cluster.ListenAddrs()...)}})
	if err == nil || !strings.Contains(err.Error(), "tidemark.clickstream") {
		t.Errorf("error %v, want one that names the missing topic", err)
	}
}
