package chaos

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/deploy/integration/rig"
	"tidemark/schemas"
)

// brokerCells are faults of Kafka.
func brokerCells() []Cell {
	return []Cell{
		{Name: "broker-killed", Fault: "the only broker gets SIGKILL and starts again, 2 times", Least: 2, Act: brokers(2, (*Play).killBroker)},
		{Name: "broker-stopped", Fault: "the only broker is restarted as an operator would", Least: 1, Act: brokers(1, (*Play).stopBroker)},
		{Name: "broker-frozen", Fault: "the broker gets SIGSTOP until after the session timeout, 2 times", Least: 2, Act: brokers(2, (*Play).freezeBroker)},
		{
			Name: "broker-leader", Fault: "of three brokers the leader of a partition gets SIGKILL and comes back, 2 times", Nodes: 3, Least: 2,
			Act: brokers(2, (*Play).killLeader),
		},
		{
			Name: "broker-all", Fault: "all three brokers get SIGKILL at once and start again", Nodes: 3, Least: 3,
			Act: brokers(1, (*Play).killCluster),
		},
		{
			Name: "partitions-grow", Fault: "the topics grow from 4 to 8 partitions, the programs drained meanwhile, as documented", Least: 1,
			Send: grow,
		},
	}
}

// brokers repeats a fault of Kafka under load.
func brokers(times int, fault func(*Play, context.Context) error) func(context.Context, *Play) error {
	return func(ctx context.Context, p *Play) error {
		for range times {
			if err := p.Wait(ctx, 4*time.Second); err != nil {
				return err
			}
			if err := fault(p, ctx); err != nil {
				return err
			}
		}
		return p.Wait(ctx, 2*time.Second)
	}
}

func (p *Play) killBroker(ctx context.Context) error {
	if err := p.Rig.Kafka.Kill(0); err != nil {
		return err
	}
	p.Hit(1, "deaths by SIGKILL")
	if err := p.Wait(ctx, 2*time.Second); err != nil {
		return err
	}
	return p.Rig.Kafka.Restart(ctx, 0)
}

func (p *Play) stopBroker(ctx context.Context) error {
	if err := p.Rig.Kafka.Stop(0); err != nil {
		return err
	}
	p.Hit(1, "ends by SIGTERM")
	return p.Rig.Kafka.Restart(ctx, 0)
}

func (p *Play) freezeBroker(ctx context.Context) error {
	if err := p.Rig.Kafka.Pause(0); err != nil {
		return err
	}
	short, cancel := context.WithTimeout(ctx, rig.SessionTimeout+3*time.Second)
	_, err := EndOffsets(short, p.Programs.Brokers, schemas.Orders.Topic())
	cancel()
	if err != nil {
		p.Hit(1, "freezes in which the broker did not answer for longer than the session timeout")
	}
	return p.Rig.Kafka.Resume(0)
}

func (p *Play) killLeader(ctx context.Context) error {
	node, err := p.leader(ctx)
	if err != nil {
		return err
	}
	if err := p.Rig.Kafka.Kill(node); err != nil {
		return err
	}
	for began := time.Now(); ; {
		now, err := p.leader(ctx)
		if err == nil && now != node {
			p.Hit(1, "leaders dead by SIGKILL and another elected")
			break
		}
		if time.Since(began) > 30*time.Second {
			return fmt.Errorf("no other leader was elected: %w", err)
		}
		if err := p.Wait(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
	return p.Rig.Kafka.Restart(ctx, node)
}

// leader is the node, counted from 0, that leads the first partition of the clicks.
func (p *Play) leader(ctx context.Context) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	client, err := kgo.NewClient(kgo.SeedBrokers(p.Programs.Brokers...))
	if err != nil {
		return 0, err
	}
	defer client.Close()
	topic := schemas.Clickstream.Topic()
	meta, err := kadm.NewClient(client).Metadata(ctx, topic)
	if err != nil {
		return 0, err
	}
	detail := meta.Topics[topic].Partitions[0]
	if detail.Err != nil {
		return 0, detail.Err
	}
	return int(detail.Leader) - 1, nil
}

func (p *Play) killCluster(ctx context.Context) error {
	for node := range 3 {
		if err := p.Rig.Kafka.Kill(node); err != nil {
			return err
		}
		p.Hit(1, "deaths by SIGKILL")
	}
	return p.Rig.Kafka.RestartAll(ctx)
}

// grow writes one load, drains the programs, adds partitions, starts the programs and writes another load.
func grow(ctx context.Context, p *Play) (Sent, error) {
	first := p.Load
	first.Until = nil
	sent, err := first.Run(ctx, p.Programs.Brokers)
	if err != nil {
		return sent, err
	}
	if err := p.Crew.LeaveAll(ctx, 30*time.Second); err != nil {
		return sent, err
	}
	p.Load.Partitions *= 2
	if err := p.addPartitions(ctx, int(p.Load.Partitions)); err != nil {
		return sent, err
	}
	if err := p.Join(programs...); err != nil {
		return sent, err
	}
	second, mix := p.Load, Usual()
	mix.Prefix = "g" // copies of an event must go where it went, so none of the first load comes again
	second.Mix, second.Until = &mix, nil
	// Live only: the first load's heartbeats have closed what lies hours back.
	second.Past, second.Live = 0, 6*time.Second
	more, err := second.Run(ctx, p.Programs.Brokers)
	sent.Events += more.Events
	return sent, err
}

func (p *Play) addPartitions(ctx context.Context, total int) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(p.Programs.Brokers...))
	if err != nil {
		return err
	}
	defer client.Close()
	topics := []string{schemas.Clickstream.Topic(), schemas.Orders.Topic()}
	grown, err := kadm.NewClient(client).UpdatePartitions(ctx, total, topics...)
	if err = errors.Join(err, grown.Error()); err != nil {
		return err
	}
	for began := time.Now(); ; {
		ends, err := EndOffsets(ctx, p.Programs.Brokers, topics...)
		if err == nil && len(ends) == len(topics)*total {
			p.Hit(1, "%d partitions found where there were half as many", len(ends))
			return nil
		}
		if time.Since(began) > 20*time.Second {
			return fmt.Errorf("%d partitions instead of %d: %w", len(ends), len(topics)*total, err)
		}
		if err := p.Wait(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
}
