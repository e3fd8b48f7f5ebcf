package main

import (
	"context"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"tidemark/deploy/wire"
	"tidemark/processors/metrics"
	"tidemark/schemas"
)

// applyCmd creates what is missing in Kafka and ClickHouse.
type applyCmd struct {
	kafkaFlags      `embed:""`
	clickhouseFlags `embed:""`
	Shops           string `placeholder:"FILE" help:"shops.yaml, whose names, zones and business days boards need; stored where --clickhouse is given."`
	Partitions      int32  `default:"8" help:"Partitions of each new event topic."`
	DryRun          bool   `help:"Only print what would be done."`
}

// Run creates the topics if brokers are given, and tables and views if ClickHouse is, and stores the shops there.
func (c applyCmd) Run(ctx context.Context, log zerolog.Logger, out output) error {
	if len(c.Brokers) == 0 && c.Clickhouse == "" {
		return usagef("nothing to apply to: give --brokers for the topics, --clickhouse for tables and views, or both")
	}
	if c.Partitions < 1 {
		return usagef("--partitions must be at least 1")
	}
	shops, err := c.shops(log)
	if err != nil {
		return err
	}
	if len(c.Brokers) > 0 {
		if err := c.topics(ctx, out); err != nil {
			return err
		}
	}
	if c.Clickhouse != "" {
		return c.tables(ctx, shops, out)
	}
	return nil
}

// shops reads the shops file; nil where none is given.
func (c applyCmd) shops(log zerolog.Logger) (*schemas.Shops, error) {
	if c.Shops == "" {
		return nil, nil
	}
	live, err := openShops(c.Shops, log)
	if err != nil {
		return nil, err
	}
	return live.Shops(), nil
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

func (c applyCmd) tables(ctx context.Context, shops *schemas.Shops, out output) error {
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
	if err != nil || shops == nil {
		return err
	}
	for _, shop := range shops.All() {
		_, _ = fmt.Fprintln(out, "shop", shop.ID)
	}
	if c.DryRun {
		return nil
	}
	return sink.Insert(ctx, schemas.ShopBlocks(shops, time.Now()))
}
