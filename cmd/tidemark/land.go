package main

import (
	"context"

	"github.com/rs/zerolog"

	"tidemark/processors"
)

// landCmd is one worker that stores raw events.
type landCmd struct {
	consumerFlags `embed:""`
	Admin         string `default:"127.0.0.1:9104" placeholder:"ADDR" help:"Address of /metrics, /healthz and /readyz (${default})."`
}

// Run works until ctx ends, then stores and commits what it holds.
func (c landCmd) Run(ctx context.Context, log zerolog.Logger) error {
	return c.consume(ctx, c.Admin, processors.LandWork(processors.ConsumerGroup("land")), processors.LandEvery, log)
}
