//go:build integration

package recovery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/deploy/integration/chaos"
	"tidemark/deploy/integration/rig"
	"tidemark/deploy/wire"
	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// reference is the name of the database of the undisturbed groups, and the end of their names.
const reference = "reference"

// undisturbed counts the log into a database of its own with groups that nobody kills, up to the ends.
func undisturbed(ctx context.Context, r *rig.Rig, ends chaos.Ends) (rig.ClickHouse, error) {
	ch := rig.ClickHouse{URL: r.ClickHouse.URL}
	u := *r.ClickHouse.URL
	u.RawQuery = "database=" + reference
	ch.URL = &u
	sink, err := clickhouse.Open("http://"+u.Host+"/"+reference, clickhouse.Options{})
	if err != nil {
		return ch, err
	}
	defer sink.Close()
	if _, err := sink.Apply(ctx, wire.Schema(metrics.All())); err != nil {
		return ch, err
	}
	for _, group := range []string{processors.GroupFast, processors.GroupSlow} {
		if err := count(ctx, r, sink, ch, group, ends); err != nil {
			return ch, fmt.Errorf("the undisturbed group %s: %w", group, err)
		}
	}
	return ch, nil
}

func count(ctx context.Context, r *rig.Rig, sink *clickhouse.Sink, ch rig.ClickHouse, group string, ends chaos.Ends) error {
	work, err := metrics.All().Work(group, group+"-"+reference)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		done <- processors.Run(ctx, processors.Config{
			Work: work, Sink: sink, Client: []kgo.Opt{kgo.SeedBrokers(r.Kafka.Brokers()...)}, HeadlineEvery: -1, Log: zerolog.Nop(),
			DeadLetters: func(context.Context, string, int32, []processors.Dead) error {
				return errors.New("unexpected dead letter")
			},
		})
	}()
	for {
		switch missing, err := uncounted(ctx, ch, work.Group, ends); {
		case err != nil:
			return err
		case missing == 0:
			cancel()
			return <-done
		}
		select {
		case err := <-done:
			return fmt.Errorf("ended early: %w", err)
		case <-time.After(time.Second):
		}
	}
}

// uncounted is how many records a group has not yet counted, as its watermarks tell.
func uncounted(ctx context.Context, ch rig.ClickHouse, group string, ends chaos.Ends) (missing int64, err error) {
	marks, err := ch.Table(ctx, "SELECT topic, partition, bitAnd(max(ver), 1099511627775) FROM watermarks WHERE `group` = '"+group+"' GROUP BY 1, 2", 2)
	if err != nil {
		return 0, err
	}
	for p := range int32(rig.Partitions) {
		end := ends.Of(schemas.Clickstream.Topic(), p)
		var read int64
		if row := marks[fmt.Sprintf("%s %d", schemas.Clickstream.Topic(), p)]; len(row) > 0 {
			if _, err := fmt.Sscan(row[0], &read); err != nil {
				return 0, err
			}
		}
		missing += max(0, end-read)
	}
	return missing, nil
}
