package history

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kadm"

	"tidemark/ingest"
	"tidemark/schemas"
)

func historyTopic(family string) string { return schemas.Family[struct{}]{Name: family}.HistoryTopic() }

// findTopic describes the topic; stamp says that its records get their time from their producer: the in-process broker
// of the embedded run does not set append times.
func findTopic(ctx context.Context, admin *kadm.Client, name string) (t Topic, stamp bool, err error) {
	found, err := admin.ListTopics(ctx, name)
	if err != nil {
		return t, false, fmt.Errorf("list Kafka's topics: %w", err)
	}
	d, ok := found[name]
	if !ok || d.Err != nil || len(d.Partitions) == 0 {
		return t, false, fmt.Errorf("topic %s is missing; create it first (tidemark apply): %w", name, errors.Join(d.Err))
	}
	t = Topic{Name: name, ID: d.ID, Partitions: int32(len(d.Partitions))}
	configs, err := admin.DescribeTopicConfigs(ctx, name)
	if err != nil {
		return t, false, fmt.Errorf("topic %s: its configuration cannot be read: %w", name, err)
	}
	stamp = true
	for _, c := range configs {
		for _, kv := range c.Configs {
			value := kv.MaybeValue()
			switch kv.Key {
			case "message.timestamp.type":
				stamp = value != "LogAppendTime"
			case "max.message.bytes":
				if n, err := strconv.Atoi(value); err == nil && n < ingest.MaxRecord {
					return t, false, fmt.Errorf("topic %s has max.message.bytes=%d, but an order may have %d: set it to 1048588, Kafka's default", name, n, ingest.MaxRecord)
				}
			}
		}
	}
	return t, stamp, nil
}

// landing waits until land has stored the topic up to its end.
type landing struct {
	admin    *kadm.Client
	topic    Topic
	landed   func(context.Context, Topic) (map[int32]int64, error)
	progress *Progress
	log      zerolog.Logger
}

const (
	landEvery = 500 * time.Millisecond
	landQuiet = 20 * time.Second // without progress for so long, land is probably not running
)

func (l *landing) wait(ctx context.Context) error {
	ends, err := l.admin.ListEndOffsets(ctx, l.topic.Name)
	if err == nil {
		err = ends.Error()
	}
	if err != nil {
		return fmt.Errorf("end of topic %s: %w", l.topic.Name, err)
	}
	last, moved := int64(-1), time.Now()
	for {
		at, err := l.landed(ctx, l.topic)
		if err != nil {
			return fmt.Errorf("how far land is: %w", err)
		}
		left := int64(0)
		ends.Each(func(o kadm.ListedOffset) { left += max(0, o.Offset-at[o.Partition]) })
		l.progress.Waiting.Store(left)
		if left == 0 {
			return nil
		}
		if left != last {
			last, moved = left, time.Now()
		} else if time.Since(moved) > landQuiet {
			l.log.Warn().Str("topic", l.topic.Name).Int64("records", left).
				Msg("waiting for records to be stored, but nothing moves: is tidemark land running? What was written stays, so this may be interrupted and the command given again later")
			moved = time.Now()
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(landEvery):
		}
	}
}
