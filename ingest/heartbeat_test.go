package ingest

import (
	"context"
	"fmt"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

func TestHeartbeats(t *testing.T) {
	for _, stamp := range []bool{false, true} {
		t.Run(fmt.Sprintf("stamp=%v", stamp), func(t *testing.T) {
			cluster := newCluster(t)
			h, err := NewHeartbeats(newKafka(t, cluster, KafkaConfig{StampTime: stamp}), zerolog.Nop(), prometheus.NewRegistry())
			if err != nil {
				t.Fatal(err)
			}
			if h.Ready() == nil {
				t.Error("ready before the first beat")
			}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- h.Run(ctx) }()
			for _, topic := range familyTopics() {
				hit := map[int32]bool{}
				for _, r := range consume(t, cluster, topic, testPartitions) {
					hit[r.Partition] = true
					if r.Key != nil || len(r.Value) != 0 || !isHeartbeat(r) {
						t.Errorf("%s/%d@%d: key %q value %q headers %v", topic, r.Partition, r.Offset, r.Key, r.Value, r.Headers)
					}
				}
				if len(hit) != testPartitions {
					t.Errorf("%s: beats in %d of %d partitions", topic, len(hit), testPartitions)
				}
			}
			cancel()
			if err := <-done; err != nil || h.Ready() != nil {
				t.Errorf("run %v, ready %v", err, h.Ready())
			}
		})
	}
}
