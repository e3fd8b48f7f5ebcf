package chaos

import (
	"context"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

// Record is one record of the log as Kafka holds it: what every result is a function of.
type Record struct {
	Topic     string
	TopicID   [16]byte
	Partition int32
	Offset    int64
	Time      schemas.Millis // append time, the broker's
	Heartbeat bool
	Value     []byte
}

// Ends is the next offset of every partition of some topics.
type Ends map[target]int64

// EndOffsets asks Kafka where the topics end.
func EndOffsets(ctx context.Context, brokers []string, topics ...string) (Ends, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	listed, err := kadm.NewClient(client).ListEndOffsets(ctx, topics...)
	if err != nil {
		return nil, err
	}
	if err := listed.Error(); err != nil {
		return nil, err
	}
	ends := make(Ends)
	listed.Each(func(offset kadm.ListedOffset) {
		ends[target{offset.Topic, offset.Partition}] = offset.Offset
	})
	return ends, nil
}

// ReadLog reads the partitions from their beginning up to the ends, in order of topic, partition and offset.
func ReadLog(ctx context.Context, brokers []string, ends Ends) ([]Record, error) {
	from := make(map[string]map[int32]kgo.Offset)
	left := 0
	for at, end := range ends {
		if from[at.topic] == nil {
			from[at.topic] = make(map[int32]kgo.Offset)
		}
		from[at.topic][at.partition] = kgo.NewOffset().AtStart()
		if end > 0 {
			left++
		}
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.ConsumePartitions(from))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	ids, err := topicIDs(ctx, client, ends)
	if err != nil {
		return nil, err
	}
	var log []Record
	for left > 0 {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return nil, fmt.Errorf("reading the log back: %w", err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			end := ends[target{r.Topic, r.Partition}]
			if r.Offset < end {
				log = append(log, convert(r, ids[r.Topic]))
			}
			if r.Offset == end-1 {
				left--
			}
		})
	}
	slices.SortFunc(log, inOrder)
	return log, nil
}

func convert(r *kgo.Record, id [16]byte) Record {
	heartbeat := r.Key == nil && len(r.Value) == 0 && slices.ContainsFunc(r.Headers, func(h kgo.RecordHeader) bool {
		return h.Key == schemas.HeartbeatHeader
	})
	return Record{
		Topic: r.Topic, TopicID: id, Partition: r.Partition, Offset: r.Offset,
		Time: schemas.MillisOf(r.Timestamp), Heartbeat: heartbeat, Value: r.Value,
	}
}

func topicIDs(ctx context.Context, client *kgo.Client, ends Ends) (map[string][16]byte, error) {
	var names []string
	for at := range ends {
		names = append(names, at.topic)
	}
	topics, err := kadm.NewClient(client).ListTopics(ctx, names...)
	if err != nil {
		return nil, err
	}
	ids := make(map[string][16]byte, len(topics))
	for name, topic := range topics {
		ids[name] = topic.ID
	}
	return ids, topics.Error()
}

// Of is the end of one partition; 0 where it is not known.
func (e Ends) Of(topic string, partition int32) int64 { return e[target{topic, partition}] }
