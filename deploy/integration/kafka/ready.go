package kafka

import (
	"context"
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// ready waits until node i itself answers and counts itself among the brokers. It fails at once when the node ends.
func (c *Cluster) ready(ctx context.Context, i int) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	client, err := kgo.NewClient(kgo.SeedBrokers(c.Brokers()[i]))
	if err != nil {
		return err
	}
	defer client.Close()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !serves(ctx, client, int32(i+1)) {
		select {
		case <-c.nodes[i].Done():
			return c.nodes[i].Failure("ended while it was starting")
		case <-ctx.Done():
			return errors.Join(ctx.Err(), c.nodes[i].Failure("does not serve clients"))
		case <-tick.C:
		}
	}
	return nil
}

func serves(ctx context.Context, client *kgo.Client, id int32) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	answer, err := kmsg.NewPtrMetadataRequest().RequestWith(ctx, client)
	if err != nil {
		return false
	}
	for _, broker := range answer.Brokers {
		if broker.NodeID == id {
			return true
		}
	}
	return false
}
