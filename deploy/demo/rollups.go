package demo

import (
	"context"

	"tidemark/processors/metrics"
	"tidemark/processors/rollup"
)

// startRollups computes what boards show by day and month.
func (d *demo) startRollups(ctx context.Context) error {
	runner, err := rollup.New(rollup.Config{Sink: d.db, Catalogue: metrics.All(), Shops: d.shops.Shops, Log: d.Log, Registry: d.registry})
	if err != nil {
		return err
	}
	d.stack.start(ctx, "rollups", runner.Run)
	return nil
}
