package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"tidemark/processors/metrics"
	"tidemark/processors/rollup"
	"tidemark/schemas"
)

// rollupCmd computes rollups, for good or once.
type rollupCmd struct {
	clickhouseFlags `embed:""`
	Shops           string `placeholder:"FILE" help:"shops.yaml, for time zones and business days; read again when it changes."`
	Admin           string `default:"127.0.0.1:9106" placeholder:"ADDR" help:"Address of /metrics, /healthz and /readyz (${default})."`
	Once            bool   `help:"Bring everything up to date once and end."`
	Only            string `placeholder:"NAME" help:"One rollup alone; needs --once or --from. Those that it comes after are left as they are."`
	From            string `placeholder:"DAY" help:"Compute the periods from this day of the shop on, YYYY-MM-DD, whatever has been computed before; needs --only."`
	To              string `placeholder:"DAY" help:"... up to and with this day; unset: today."`
	Shop            string `placeholder:"ID" help:"With --from: this shop alone."`
}

// Run works until ctx ends, or once.
func (c rollupCmd) Run(ctx context.Context, log zerolog.Logger, out output) error {
	if err := c.check(); err != nil {
		return err
	}
	shops, err := openShops(c.Shops, log)
	if err != nil {
		return err
	}
	if _, ok := shops.Shops().ByID(c.Shop); c.Shop != "" && !ok {
		return usagef("--shop %q: the shops file has no such shop", c.Shop)
	}
	registry := newRegistry()
	sink, err := c.open(registry)
	if err != nil {
		return err
	}
	defer sink.Close() // nothing is under way
	config := rollup.Config{Sink: sink, Catalogue: metrics.All(), Shops: shops.Shops, Log: log, Registry: registry}
	config.Progress = func(p rollup.Progress) {
		if c.Once || c.From != "" {
			_, _ = fmt.Fprintf(out, "%s %s: %d of %d periods, %d rows\n", p.Rollup, p.Shop, p.Done, p.Of, p.Rows)
		}
	}
	runner, err := rollup.New(config)
	if err != nil {
		return err
	}
	if err := reach(ctx, sink); err != nil {
		return err
	}
	switch {
	case c.From != "":
		return c.rebuild(ctx, runner, shops.Shops(), out)
	case c.Once:
		return runner.Once(ctx, c.Only)
	}
	log.Info().Str("admin", c.Admin).Msg("computing rollups; a second runner on this database does the same work again, and no harm")
	ready := func() error { return reach(ctx, sink) }
	return serve(ctx, c.Admin, registry, ready, func(ctx context.Context) error {
		group, ctx := errgroup.WithContext(ctx)
		group.Go(func() error { return runner.Run(ctx) })
		group.Go(func() error { return shops.Run(ctx) })
		return group.Wait()
	})
}

// check reports flags that do not go together.
func (c rollupCmd) check() error {
	var errs []error
	bad := func(wrong bool, format string, a ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf(format, a...))
		}
	}
	known := false
	var names []string
	for _, s := range metrics.All().Rollups() {
		known = known || s.Name == c.Only
		names = append(names, s.Name)
	}
	bad(c.Only != "" && !known, "--only %q: the rollups are %v", c.Only, names)
	bad(c.Only != "" && !c.Once && c.From == "", "--only: give --once too, or --from")
	bad(c.From != "" && c.Only == "", "--from: name the rollup with --only")
	bad(c.From == "" && (c.To != "" || c.Shop != ""), "--to and --shop go with --from")
	bad(c.Once && c.From != "", "--once and --from: give one of them")
	for _, day := range []struct{ flag, text string }{{"--from", c.From}, {"--to", c.To}} {
		_, err := time.Parse(time.DateOnly, day.text)
		bad(day.text != "" && err != nil, "%s %q: write a day like 2026-03-31", day.flag, day.text)
	}
	bad(c.To != "" && c.To < c.From, "--to lies before --from")
	if err := errors.Join(errs...); err != nil {
		return usage{err}
	}
	return nil
}

// rebuild computes the days given, each shop in its own calendar.
func (c rollupCmd) rebuild(ctx context.Context, runner *rollup.Runner, shops *schemas.Shops, out output) error {
	for _, shop := range shops.All() {
		if c.Shop != "" && shop.ID != c.Shop {
			continue
		}
		from, err := time.ParseInLocation(time.DateOnly, c.From, shop.Location)
		if err != nil {
			return usage{err}
		}
		to := time.Now()
		if c.To != "" {
			day, err := time.ParseInLocation(time.DateOnly, c.To, shop.Location)
			if err != nil {
				return usage{err}
			}
			to = day.AddDate(0, 0, 1)
		}
		n, err := runner.Rebuild(ctx, c.Only, shop, from, to)
		if err != nil {
			return fmt.Errorf("shop %s: %w", shop.ID, err)
		}
		_, _ = fmt.Fprintf(out, "%s %s: %d periods rebuilt; those that the rollup does not keep, that are ahead, or whose raw events have been deleted stay as they are\n", c.Only, shop.ID, n)
	}
	return nil
}
