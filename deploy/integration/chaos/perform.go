package chaos

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tidemark/deploy/integration/rig"
)

// Perform plays one cell and judges it. The problems say what is wrong with the program or with the cell; an error says
// that there was nothing to judge. Both make the cell fail.
func Perform(ctx context.Context, r *rig.Rig, c Cell, seed uint64, logf func(string, ...any)) (out Result, problems []string, err error) {
	out = Result{Cell: c.Name, Seed: seed}
	ctx, cancel := context.WithTimeout(ctx, 8*time.Minute)
	defer cancel()
	engine, disk := r.Engine, ""
	if c.Disk > 0 {
		var free func() error
		if engine, disk, free, err = ownDisk(ctx, r, c.Disk); err != nil {
			return out, nil, err
		}
		defer func() { err = errors.Join(err, free()) }()
	}
	p, err := Stage(ctx, r, engine, c.Name, seed, logf)
	if err != nil {
		return out, nil, err
	}
	p.disk = disk
	defer func() { err = errors.Join(err, p.Close(context.WithoutCancel(ctx))) }()
	if c.Refusal != nil {
		out.Rows, out.Control, err = c.Refusal(ctx, p)
	} else {
		problems, err = p.perform(ctx, c, &out)
	}
	if out.Hits, out.Proof = p.seen(); err != nil {
		return out, problems, err
	}
	problems = append(problems, out.problems(c.Least)...)
	out.OK = len(problems) == 0
	return out, problems, nil
}

func (p *Play) perform(ctx context.Context, c Cell, out *Result) ([]string, error) {
	if c.Load != nil {
		c.Load(&p.Load)
	}
	crew := c.Crew
	if crew == nil {
		crew = programs
	}
	if err := p.Join(crew...); err != nil {
		return nil, err
	}
	outcome, err := p.run(ctx, c)
	if err != nil {
		return nil, err
	}
	p.sent = outcome.Sent
	problems, err := judge(ctx, p.ClickHouse, outcome.Log, p.Ledger, c, out)
	if err != nil {
		return nil, fmt.Errorf("check error, not a mismatch: %w", err)
	}
	if c.After != nil {
		if err := c.After(ctx, p, outcome.Log); err != nil {
			problems = append(problems, err.Error())
		}
	}
	return problems, nil
}
