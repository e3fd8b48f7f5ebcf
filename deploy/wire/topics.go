package wire

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

// topic is one topic that an installation needs.
type topic struct {
	name       string
	partitions int32
}

func topics(partitions int32) []topic {
	out := []topic{{schemas.DeadLetterTopic, 1}}
	for _, name := range schemas.FamilyNames() {
		f := schemas.Family[struct{}]{Name: name}
		out = append(out, topic{f.Topic(), partitions}, topic{f.HistoryTopic(), partitions})
	}
	return out
}

// CreateTopics makes the topics that are missing, with the broker's clock as record time and the broker's default
// replication, and returns their names; with dry it only names them. Topics that exist stay as they are.
func CreateTopics(ctx context.Context, client []kgo.Opt, partitions int32, dry bool) ([]string, error) {
	cl, err := kgo.NewClient(client...)
	if err != nil {
		return nil, err
	}
	defer cl.Close()
	admin := kadm.NewClient(cl)
	have, err := admin.ListTopics(ctx)
	if err != nil {
		return nil, fmt.Errorf("list topics: %w", err)
	}
	appendTime := "LogAppendTime"
	config := map[string]*string{"message.timestamp.type": &appendTime}
	var made []string
	for _, t := range topics(partitions) {
		if have.Has(t.name) {
			continue
		}
		made = append(made, t.name)
		if dry {
			continue
		}
		if _, err := admin.CreateTopic(ctx, t.partitions, -1, config, t.name); err != nil {
			return made, fmt.Errorf("create topic %s: %w", t.name, err)
		}
	}
	if dry {
		return made, nil
	}
	return made, known(ctx, admin, made)
}

// known waits until the brokers' metadata shows the topics: they are made before every broker has heard of them.
func known(ctx context.Context, admin *kadm.Client, names []string) error {
	if len(names) == 0 {
		return nil
	}
	for {
		meta, err := admin.Metadata(ctx, names...)
		if err == nil {
			err = meta.Topics.Error()
		}
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the topics were created, but Kafka does not show them yet: %w", err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}
