package processors

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
)

// checkTopics refuses to start on topics that are missing or whose timestamps the broker does not set.
func (s *session) checkTopics(ctx context.Context) error {
	if err := s.findTopics(ctx); err != nil {
		return err
	}
	if s.cfg.RecordTime == RecordTimeCreate {
		return nil
	}
	configs, err := s.adm.DescribeTopicConfigs(ctx, s.cfg.Work.Topics...)
	if err != nil {
		return fmt.Errorf("reading the topics' configuration for group %q: %w", s.cfg.Work.Group, err)
	}
	for _, c := range configs {
		if err := checkTimestamps(c); err != nil {
			return err
		}
	}
	return nil
}

// findTopics waits a little for topics that do not exist: a broker may not yet have heard of one just created.
func (s *session) findTopics(ctx context.Context) error {
	const patience = 10 * time.Second
	for deadline := time.Now().Add(patience); ; {
		meta, err := s.adm.Metadata(ctx, s.cfg.Work.Topics...)
		if err != nil {
			return fmt.Errorf("group %q cannot reach Kafka: %w", s.cfg.Work.Group, err)
		}
		err = badTopic(meta.Topics)
		if !errors.Is(err, kerr.UnknownTopicOrPartition) || time.Now().After(deadline) {
			return err
		}
		if err := sleep(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
}

func badTopic(topics kadm.TopicDetails) error {
	for _, t := range topics.Sorted() {
		if t.Err != nil {
			return fmt.Errorf("topic %s is not usable (%w): create it (tidemark apply does), or grant DESCRIBE and READ on it", t.Topic, t.Err)
		}
	}
	return nil
}

func checkTimestamps(c kadm.ResourceConfig) error {
	const key = "message.timestamp.type"
	if c.Err != nil {
		return fmt.Errorf("topic %s: its configuration cannot be read (%w): grant DESCRIBE_CONFIGS on it", c.Name, c.Err)
	}
	for _, kv := range c.Configs {
		if kv.Key != key {
			continue
		}
		if v := kv.MaybeValue(); v != "LogAppendTime" {
			return fmt.Errorf("topic %s has %s=%s: set it to LogAppendTime (kafka-configs --alter --topic %s --add-config %s=LogAppendTime), "+
				"or use record time %q where one producer per partition stamps records and never steps back", c.Name, key, v, c.Name, key, RecordTimeCreate)
		}
		return nil
	}
	return fmt.Errorf("topic %s: the broker does not tell its %s: use record time %q if you know that it is safe", c.Name, key, RecordTimeCreate)
}

// logBounds holds the first and the next offset of every partition of the topics, and the topics' ids.
type logBounds struct {
	start, end kadm.ListedOffsets
	ids        map[string]kadm.TopicID
}

func (s *session) bounds(ctx context.Context, topics []string) (b logBounds, err error) {
	meta, err := s.adm.Metadata(ctx, topics...)
	if err != nil {
		return b, fmt.Errorf("topic metadata: %w", err)
	}
	b.ids = make(map[string]kadm.TopicID)
	for _, t := range meta.Topics {
		if t.Err != nil {
			return b, fmt.Errorf("topic %s: %w", t.Topic, t.Err)
		}
		b.ids[t.Topic] = t.ID
	}
	if b.start, err = s.adm.ListStartOffsets(ctx, topics...); err != nil {
		return b, fmt.Errorf("start of the logs: %w", err)
	}
	if b.end, err = s.adm.ListEndOffsets(ctx, topics...); err != nil {
		return b, fmt.Errorf("end of the logs: %w", err)
	}
	return b, nil
}

// of returns the bounds of one partition.
func (b logBounds) of(tp topicPartition) (start, end int64, err error) {
	first, ok1 := b.start.Lookup(tp.topic, tp.partition)
	last, ok2 := b.end.Lookup(tp.topic, tp.partition)
	switch {
	case !ok1 || !ok2:
		return 0, 0, fmt.Errorf("%s/%d: %w", tp.topic, tp.partition, kerr.UnknownTopicOrPartition)
	case first.Err != nil:
		return 0, 0, fmt.Errorf("%s/%d: %w", tp.topic, tp.partition, first.Err)
	case last.Err != nil:
		return 0, 0, fmt.Errorf("%s/%d: %w", tp.topic, tp.partition, last.Err)
	}
	return first.Offset, last.Offset, nil
}
