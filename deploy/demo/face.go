package demo

import (
	"context"
	"fmt"

	"tidemark/dashboards"
	"tidemark/dashboards/preview"
	"tidemark/deploy/admin"
	"tidemark/deploy/demo/sim"
	"tidemark/deploy/wire"
	"tidemark/processors/metrics"
)

// startLive starts what people look at: boards, live line and truth check.
func (d *demo) startLive(ctx context.Context) error {
	var played []string
	for _, shop := range sim.Shops() {
		played = append(played, shop.ID)
	}
	check, err := newTruthCheck(d.db, d.truth, played, metrics.All())
	if err != nil {
		return err
	}
	live := &monitor{db: d.db, metrics: d.registry, shops: d.shops.Shops, check: check}
	boards, err := d.boards(live)
	if err != nil {
		return err
	}
	docs, err := wire.Docs(metrics.All())
	if err != nil {
		return err
	}
	mux := admin.Handler(d.registry, d.isReady)
	mux.Handle(wire.DocsPath, docs)
	mux.Handle("/", boards.Handler())
	d.stack.start(ctx, "boards", func(ctx context.Context) error { return admin.Serve(ctx, d.page(), mux) })
	d.stack.start(ctx, "monitor", live.run)
	fmt.Fprint(d.Out, d.welcome())
	d.stack.start(ctx, "live line", func(ctx context.Context) error {
		return liveLine(ctx, d.Out, d.Terminal, live.snapshot, d.news, "stopping; the data stay in "+d.Data)
	})
	return nil
}

// boards is the preview of the generated boards, which reads as a user who cannot write.
func (d *demo) boards(live *monitor) (*preview.Server, error) {
	assets, err := preview.Assets()
	if err != nil {
		return nil, err
	}
	query, err := wire.BoardQuery("http://grafana@" + d.engine() + "/tidemark")
	if err != nil {
		return nil, err
	}
	return preview.New(preview.Config{
		Boards: dashboards.Files(), Query: query, Assets: assets, Loopback: true,
		Incidents: d.hub.Handler(), Demo: (&api{newest: live.snapshot, stage: d.stage}).handler(), Log: d.Log, Registry: d.registry,
	})
}
