package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"tidemark/processors/metrics"
	"tidemark/processors/recompute"
)

// recomputeCmd rebuilds closed windows by hand.
type recomputeCmd struct {
	clickhouseFlags `embed:""`
	Metric          []string `placeholder:"NAME" help:"Metric to recompute; may be given several times. Without it all are."`
	From            string   `placeholder:"TIME" help:"First window: RFC 3339, or a date (midnight UTC)."`
	To              string   `placeholder:"TIME" help:"Windows before this time: RFC 3339, or a date. Without it all closed windows. A session counts in the window of its last event + 30 minutes, so give some hours more than the events that changed."`
	Offline         bool     `help:"No process runs on this database, now or later, from the log that the raw events came from (a restore): every window counts as closed."`
}

// Run rebuilds metric by metric and prints what was done. What was done when it is interrupted stays, and a second run
// repeats the rest.
func (c recomputeCmd) Run(ctx context.Context, log zerolog.Logger, out output) error {
	from, err := moment("--from", c.From)
	if err != nil {
		return err
	}
	to := time.Now().Add(24 * time.Hour)
	if c.To != "" {
		if to, err = moment("--to", c.To); err != nil {
			return err
		}
	}
	if !to.After(from) {
		return usagef("--to must be later than --from")
	}
	names, err := c.metrics()
	if err != nil {
		return err
	}
	sink, err := c.open(nil)
	if err != nil {
		return err
	}
	defer sink.Close() // nothing is pending
	if err := reach(ctx, sink); err != nil {
		return err
	}
	do, err := rebuilder(sink, 0, log, out)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := do(ctx, recompute.Job{Metric: name, From: from, To: to, Offline: c.Offline}); err != nil {
			return err
		}
	}
	return nil
}

// metrics are the names asked for, in the order of the catalogue.
func (c recomputeCmd) metrics() (names []string, err error) {
	known := map[string]bool{}
	all := metrics.All().Streams()
	for i := range all {
		known[all[i].Name] = true
		names = append(names, all[i].Name)
	}
	for _, m := range c.Metric {
		if !known[m] {
			return nil, usagef("--metric %s: there is no such metric; there are %s", m, strings.Join(names, ", "))
		}
	}
	if len(c.Metric) > 0 {
		names = slices.DeleteFunc(names, func(name string) bool { return !slices.Contains(c.Metric, name) })
	}
	return names, nil
}
