package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"tidemark/processors/audit"
	"tidemark/processors/metrics"
	"tidemark/schemas"
)

// auditCmd says whether every event is accounted for.
type auditCmd struct {
	kafkaFlags      `embed:""`
	clickhouseFlags `embed:""`
	From            string `placeholder:"TIME" help:"First minute of append time: RFC 3339, or a date (midnight UTC); 24 hours before --to where it is not given."`
	To              string `placeholder:"TIME" help:"Where the range ends; now where it is not given. Minutes that a group has not read to their end are left out."`
	Family          string `placeholder:"NAME" help:"Only this family's topics, for example orders."`
	SkipRaw         bool   `help:"Do not count the raw rows, which reads every event of the range."`
}

// Run prints what became of the events, and fails with the first difference. With --brokers it reads Kafka's log too.
func (c auditCmd) Run(ctx context.Context, log zerolog.Logger, out output) error {
	config, err := c.config(time.Now())
	if err != nil {
		return err
	}
	if config.Sink, err = c.open(nil); err != nil {
		return err
	}
	defer config.Sink.Close() // nothing is pending
	if err := reach(ctx, config.Sink); err != nil {
		return err
	}
	config.Progress = func(line string) { log.Info().Msg("audit: " + line) }
	r, err := audit.Run(ctx, config)
	if err != nil {
		return err
	}
	if err := r.Print(out); err != nil {
		return err
	}
	if r.First != nil {
		return fmt.Errorf("%d differences; the first: %s", r.Differences, r.First)
	}
	return nil
}

// config checks the flags.
func (c auditCmd) config(now time.Time) (audit.Config, error) {
	a := audit.Config{Catalogue: metrics.All(), To: now, Now: now, Family: c.Family, Raw: !c.SkipRaw}
	var err error
	if c.To != "" {
		if a.To, err = moment("--to", c.To); err != nil {
			return a, err
		}
	}
	a.From = a.To.Add(-24 * time.Hour)
	if c.From != "" {
		if a.From, err = moment("--from", c.From); err != nil {
			return a, err
		}
	}
	a.From, a.To = a.From.Truncate(time.Minute), a.To.Truncate(time.Minute)
	if !a.From.Before(a.To) {
		return a, usagef("--from %s is not before --to %s by a minute or more", a.From.UTC().Format(time.RFC3339), a.To.UTC().Format(time.RFC3339))
	}
	if c.Family != "" && !slices.Contains(schemas.FamilyNames(), c.Family) {
		return a, usagef("--family %q: the families are %s", c.Family, strings.Join(schemas.FamilyNames(), ", "))
	}
	if len(c.Brokers) > 0 {
		options, err := c.options()
		if err != nil {
			return a, err
		}
		a.Client = options
	}
	return a, nil
}
