package main

import (
	"context"
	"fmt"

	"tidemark/deploy/wire"
	"tidemark/processors/metrics"
)

// applyCmd creates what is missing in Kafka and ClickHouse.
type applyCmd struct {
	kafkaFlags      `embed:""`
	clickhouseFlags `embed:""`
	Partitions      int32 `default:"8" help:"Partitions of each new event topic."`
	DryRun          bool  `help:"Only print what would be done."`
}

// Run creates the topics if brokers are given, and tables and views if ClickHouse is.
func (c applyCmd) Run(ctx context.Context, out output) error {
	if len(c.Brokers) == 0 && c.Clickhouse == "" {
		return usagef("nothing to apply to: give --brokers for the topics, --clickhouse for tables and views, or both")
	}
	if c.Partitions < 1 {
		return usagef("--partitions must be at least 1")
	}
	if len(c.Brokers) > 0 {
		if err := c.topics(ctx, out); err != nil {
			return err
		}
	}
	if c.Clickhouse != "" {
		return c.tables(ctx, out)
	}
	return nil
}

func (c applyCmd) topics(ctx context.Context, out output) error {
	options, err := c.options()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	made, err := wire.CreateTopics(ctx, options, c.Partitions, c.DryRun)
	for _, name := range made {
		_, _ = fmt.Fprintln(out, "topic", name)
	}
	return err
}

func (c applyCmd) tables(ctx context.Context, out output) error {
	sink, err := c.open(nil)
	if err != nil {
		return err
	}
	defer sink.Close() // nothing is pending
	do := sink.Apply
	if c.DryRun {
		do = sink.Plan
	}
	statements, err := do(ctx, wire.Schema(metrics.All()))
	for _, sql := range statements {
		_, _ = fmt.Fprintln(out, sql+";")
	}
	return err
}
