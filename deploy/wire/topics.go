package wire

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/deploy/embedded"
)

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
	var made []string
	wanted := embedded.Topics(partitions)
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if have.Has(name) {
			continue
		}
		made = append(made, name)
		if dry {
			continue
		}
		config := map[string]*string{"message.timestamp.type": &appendTime}
		maps.Copy(config, embedded.TopicConfig(name))
		_, err := admin.CreateTopic(ctx, wanted[name], -1, config, name)
		if err != nil && !errors.Is(err, kerr.TopicAlreadyExists) { // others may create them at the same time
			return made, fmt.Errorf("create topic %s: %w", name, err)
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
