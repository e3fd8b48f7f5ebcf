package kafka

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// CreateTopic makes a topic whose records carry the broker's clock (LogAppendTime), as tidemark's topics must, with as
// many replicas as the cluster has nodes, three at most.
func (c *Cluster) CreateTopic(ctx context.Context, topic string, partitions int32) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(c.Brokers()...))
	if err != nil {
		return err
	}
	defer client.Close()
	appendTime := "LogAppendTime"
	configs := map[string]*string{"message.timestamp.type": &appendTime}
	replicas := int16(min(3, len(c.nodes)))
	if _, err := kadm.NewClient(client).CreateTopic(ctx, partitions, replicas, configs, topic); err != nil {
		return fmt.Errorf("creating topic %s: %w", topic, err)
	}
	return nil
}
