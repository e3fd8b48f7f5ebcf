package main

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"tidemark/processors/metrics"
	"tidemark/processors/recompute"
)

// correctCmd rebuilds dirty windows by itself.
type correctCmd struct {
	clickhouseFlags `embed:""`
	Admin           string        `default:"127.0.0.1:9107" placeholder:"ADDR" help:"Address of /metrics, /healthz and /readyz (${default})."`
	Every           time.Duration `default:"30s" placeholder:"DURATION" help:"How often to look for dirty windows (${default})."`
}

// Run corrects until ctx ends.
func (c correctCmd) Run(ctx context.Context, log zerolog.Logger) error {
	if c.Every < time.Second {
		return usagef("--every %v: give at least 1s", c.Every)
	}
	registry := newRegistry()
	sink, err := c.open(registry)
	if err != nil {
		return err
	}
	defer sink.Close() // Run has stored
	if err := reach(ctx, sink); err != nil {
		return err
	}
	r, err := recompute.New(recompute.Config{Sink: sink, Catalogue: metrics.All(), Log: log})
	if err != nil {
		return err
	}
	corrector := recompute.NewCorrector(r, recompute.CorrectorConfig{Every: c.Every, Registry: registry})
	ready := func() error { return reach(ctx, sink) }
	return serve(ctx, c.Admin, registry, ready, corrector.Run)
}
