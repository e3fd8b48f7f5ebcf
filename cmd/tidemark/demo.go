package main

import (
	"context"
	"os"

	"github.com/rs/zerolog"

	"tidemark/deploy/demo"
	"tidemark/deploy/embedded"
)

// demoCmd runs everything on this machine.
type demoCmd struct {
	Data         string   `default:".tidemark" placeholder:"DIR" help:"Folder for all data; a restart goes on with it (${default})."`
	Port         int      `default:"8080" help:"Port of the boards; collector, ClickHouse and Kafka take the next three (${default})."`
	Speed        float64  `default:"1" help:"Multiplies the rate of simulated events, never time (${default})."`
	Rate         float64  `default:"100" help:"Simulated events per second at speed 1 (${default})."`
	NoSimulator  bool     `help:"Run without simulated shops."`
	Incident     string   `placeholder:"NAME" help:"Stage an incident as soon as there are figures enough to see it: payment-outage."`
	Alertmanager []string `placeholder:"URL" help:"Alertmanagers that are told too; none is needed."`
	Lib          string   `placeholder:"PATH" help:"libchdb.so; found by itself after make engine."`
}

// Run runs until ctx ends.
func (c demoCmd) Run(ctx context.Context, log zerolog.Logger, out output) error {
	library, err := embedded.Library(c.Lib)
	if err != nil {
		return usage{err}
	}
	config := demo.Config{
		Data: c.Data, Port: c.Port, Speed: c.Speed, Rate: c.Rate, NoSimulator: c.NoSimulator, Incident: c.Incident, Alertmanagers: c.Alertmanager, Library: library,
		Out: out, Terminal: terminal(os.Stdout), Log: log.Level(max(log.GetLevel(), zerolog.WarnLevel)),
	}
	if err := config.Check(); err != nil {
		return usage{err}
	}
	return demo.Run(ctx, config)
}
