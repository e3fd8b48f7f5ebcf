package rollup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"tidemark/processors"
	"tidemark/schemas"
)

// Run refreshes every rollup as often as it asks for, until ctx ends, and returns nil. What fails is logged, counted and
// tried again at the next look; rollups after the failed one are computed from what there is.
func (r *Runner) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if err := r.look(ctx, false, ""); err != nil && ctx.Err() == nil {
			r.Log.Error().Err(err).Msg("rollups are old: trying again")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Once brings all rollups up to date, or the one named, with one pass each, and returns what failed.
func (r *Runner) Once(ctx context.Context, only string) error { return r.look(ctx, true, only) }

// look makes a pass over every rollup whose refresh is due, in the order of their dependencies.
func (r *Runner) look(ctx context.Context, all bool, only string) error {
	var errs []error
	for _, s := range r.order {
		now := r.Now()
		if only != "" && s.Name != only || !all && now.Sub(r.tried[s.Name]) < s.Rollup.Refresh {
			continue
		}
		if ctx.Err() != nil {
			return errors.Join(append(errs, context.Cause(ctx))...)
		}
		if err := r.refresh(ctx, s); err != nil {
			r.gauges.failed(s.Name)
			errs = append(errs, fmt.Errorf("rollup %s: %w", s.Name, err))
			continue
		}
		r.tried[s.Name] = now
		r.gauges.done(s.Name, now, r.Now().Sub(now))
	}
	return errors.Join(errs...)
}

// refresh brings one rollup up to date in all shops.
func (r *Runner) refresh(ctx context.Context, s *processors.Spec) error {
	var errs []error
	due, held := 0, 0
	for _, shop := range r.Shops().All() {
		t, err := r.pass(ctx, s, shop)
		due, held = due+len(t.build), held+t.held
		if err != nil {
			errs = append(errs, fmt.Errorf("shop %s: %w", shop.ID, err))
		}
	}
	r.gauges.found(s.Name, due, held)
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return r.tidy(ctx, s)
}

// pass brings one rollup of one shop up to date.
func (r *Runner) pass(ctx context.Context, s *processors.Spec, shop *schemas.Shop) (todo, error) {
	p := plan{spec: s, cal: calendar{shop.Location, s.Rollup.Period}, now: r.now()}
	if err := r.feed(ctx, s, shop.ID, p.now); err != nil {
		return todo{}, err
	}
	parts, err := r.news(ctx, &p, shop.ID)
	if err != nil {
		return todo{}, err
	}
	if p.runs, err = r.runs(ctx, s.Name, shop.ID); err != nil {
		return todo{}, err
	}
	for _, name := range s.Rollup.After {
		runs, err := r.runs(ctx, name, shop.ID)
		if err != nil {
			return todo{}, err
		}
		for _, b := range runs {
			p.before = append(p.before, rebuilt{period{b.Period, b.Ends}, b.Ver})
		}
	}
	t := p.due()
	if err := r.build(ctx, &p, shop, t.build); err != nil {
		return t, err
	}
	if err := r.drop(ctx, &p, shop, t.drop); err != nil {
		return t, err
	}
	return t, r.remember(ctx, s.Name, shop.ID, p.now, parts)
}

// Rebuild computes the periods of one rollup that overlap [from, to) in a shop, whatever has been computed before, and
// returns how many. Periods that the rollup does not keep, that have not begun, or whose raw events have been deleted are
// left out.
func (r *Runner) Rebuild(ctx context.Context, name string, shop *schemas.Shop, from, to time.Time) (int, error) {
	s, err := r.named(name)
	if err != nil {
		return 0, err
	}
	p := plan{spec: s, cal: calendar{shop.Location, s.Rollup.Period}, now: r.now()}
	if err := r.feed(ctx, s, shop.ID, p.now); err != nil {
		return 0, err
	}
	for _, family := range s.Rollup.Sources {
		f, err := r.frontier(ctx, shop.ID, family, p.now)
		if err != nil {
			return 0, err
		}
		p.newest = max(p.newest, f.newest)
	}
	if p.runs, err = r.runs(ctx, name, shop.ID); err != nil {
		return 0, err
	}
	var out []period
	for _, d := range p.cal.between(schemas.MillisOf(from), schemas.MillisOf(to)) {
		if d.begins <= p.now && p.kept(d) && !p.expired(d) {
			out = append(out, d)
		}
	}
	slices.Reverse(out) // newest first
	return len(out), r.build(ctx, &p, shop, out)
}
