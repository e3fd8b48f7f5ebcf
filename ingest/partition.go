package ingest

import (
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

// partitioner hashes the key as Kafka's own clients do. Heartbeats name their partition, and so does every record where
// preset says so.
func partitioner(preset bool) kgo.Partitioner {
	byKey := kgo.StickyKeyPartitioner(nil)
	return kgo.BasicConsistentPartitioner(func(topic string) func(*kgo.Record, int) int {
		keyed := byKey.ForTopic(topic)
		return func(r *kgo.Record, n int) int {
			if preset || isHeartbeat(r) {
				return int(r.Partition)
			}
			return keyed.Partition(r, n)
		}
	})
}

func isHeartbeat(r *kgo.Record) bool {
	return r.Key == nil && len(r.Headers) == 1 && r.Headers[0].Key == schemas.HeartbeatHeader
}
