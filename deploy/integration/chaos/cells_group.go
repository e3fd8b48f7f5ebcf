package chaos

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"tidemark/deploy/integration/rig"
)

// groupCells are faults among the members of the consumer groups.
func groupCells() []Cell {
	all := []Cell{
		{
			Name: "kill-random", Fault: "a random program gets SIGKILL at a random moment, 12 times", Least: 12,
			Act: func(ctx context.Context, p *Play) error {
				storm := Storm{Seed: p.Load.Seed, Kills: 12, During: 14 * time.Second, Patience: 20 * time.Second, Logf: p.Logf}
				err := storm.Run(ctx, p.Crew)
				p.Hit(p.Crew.Total(), "deaths by SIGKILL")
				return err
			},
		},
		{Name: "kill-all", Fault: "all programs get SIGKILL in the same moment, 3 times", Least: 9, Act: killAll},
		{Name: "kill-replay", Fault: "programs get SIGKILL again while they replay, 5 times each", Least: 15, Act: killReplays},
		{Name: "drain", Fault: "every program is replaced in turn with SIGTERM under load, 2 times", Least: 6, Act: drains},
		{Name: "rebalance-storm", Fault: "second members join and leave every second", Least: 12, Act: rebalances},
	}
	for _, program := range programs {
		all = append(all, zombie(program))
	}
	return all
}

func killAll(ctx context.Context, p *Play) error {
	for range 3 {
		if err := p.Wait(ctx, 3*time.Second); err != nil {
			return err
		}
		for _, program := range programs {
			process, err := p.Crew.Process(worker(program))
			if err != nil {
				return err
			}
			if err := process.Kill(); err != nil {
				return err
			}
			p.Hit(1, "deaths by SIGKILL")
		}
		for _, program := range programs {
			if err := p.Crew.Again(worker(program)); err != nil {
				return err
			}
		}
	}
	return nil
}

func killReplays(ctx context.Context, p *Play) error {
	if err := p.Wait(ctx, 5*time.Second); err != nil {
		return err
	}
	for range 5 {
		for _, program := range programs {
			if err := p.Crew.KillOne(ctx, worker(program), 0); err != nil {
				return err
			}
			p.Hit(1, "deaths by SIGKILL")
		}
		// A member is back in its group after the session timeout of its predecessor, and then replays.
		wait := rig.SessionTimeout + time.Duration(p.Rng.Int64N(int64(time.Second)))
		if err := p.Wait(ctx, wait); err != nil {
			return err
		}
	}
	return nil
}

func drains(ctx context.Context, p *Play) error {
	for round := range 2 {
		for _, program := range programs {
			old, next := fmt.Sprintf("%s-%d", program, round+1), fmt.Sprintf("%s-%d", program, round+2)
			if err := p.Crew.Join(next, p.Argv(program)); err != nil {
				return err
			}
			if err := p.Wait(ctx, time.Second); err != nil {
				return err
			}
			if err := p.Crew.Leave(ctx, old, 30*time.Second); err != nil {
				return err
			}
			p.Hit(1, "drains with status 0")
		}
	}
	return nil
}

func rebalances(ctx context.Context, p *Play) error {
	for range 4 {
		for _, program := range programs {
			name := program + "-2"
			if err := p.Crew.Join(name, p.Argv(program)); err != nil {
				return err
			}
			if err := p.Wait(ctx, time.Second); err != nil {
				return err
			}
		}
		for _, program := range programs {
			if err := p.Crew.Leave(ctx, program+"-2", 30*time.Second); err != nil {
				return err
			}
			p.Hit(1, "members joined and left")
		}
	}
	return nil
}

// zombie freezes a member until others own its partitions, and lets it go on with the state that it had.
func zombie(program string) Cell {
	const freezes = 2
	return Cell{
		Name:  "zombie-" + program,
		Fault: fmt.Sprintf("%s gets SIGSTOP until after its session timeout, then SIGCONT", program),
		Least: 1,
		Ready: func(_ context.Context, p *Play) error { return p.Crew.Join(program+"-2", p.Argv(program)) },
		Act: func(ctx context.Context, p *Play) error {
			process, err := p.Crew.Process(worker(program))
			if err != nil {
				return err
			}
			for range freezes {
				if err := p.Wait(ctx, 3*time.Second); err != nil {
					return err
				}
				if err := process.Pause(); err != nil {
					return err
				}
				err := p.Wait(ctx, rig.SessionTimeout+3*time.Second)
				if err := process.Resume(); err != nil {
					return err
				}
				if err != nil {
					return err
				}
			}
			if err := p.Wait(ctx, 3*time.Second); err != nil {
				return err
			}
			n, err := said(p.LogOf(worker(program)), "dropping their state", "dropping all state")
			p.Hit(n, "times the zombie found that it had been expelled")
			return err
		},
	}
}

// said counts the lines of a log that hold one of the texts.
func said(file string, texts ...string) (n int, err error) {
	log, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(log)) {
		for _, text := range texts {
			if strings.Contains(line, text) {
				n++
				break
			}
		}
	}
	return n, nil
}
