package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"tidemark/deploy/integration/fault"
	"tidemark/deploy/integration/rig"
	"tidemark/processors"
)

// Play is one cell under way: topics, groups and a database of its own on the shared rig.
type Play struct {
	Rig        *rig.Rig
	Engine     *rig.Engine    // where the database is; the rig's, except for a cell that brings its own
	ClickHouse rig.ClickHouse // the database, past the valves
	Programs   rig.Programs   // with the database's address, past the valves
	// Valves stand between ClickHouse and the programs fast, slow and land.
	Valves map[string]*fault.Valve
	Crew   *Crew
	Rng    *rand.Rand
	Load   Load
	Ledger *Ledger
	Logf   func(format string, args ...any)

	database string
	dir      string
	disk     string            // mount point of the engine's tmpfs, if it has one
	admin    map[string]string // addresses of the programs' admin servers, where a cell has chosen them
	urls     []string          // of the collectors, where a cell has some
	sent     Sent              // once all is sent

	mu    sync.Mutex
	hits  int
	proof []string
}

// programs are the consumer groups at work.
var programs = []string{processors.GroupFast, processors.GroupSlow, "land"}

// flushEvery replaces the usual 5 s, so that a cell sees many flushes and commits in its few seconds.
const flushEvery = time.Second

// Hit notes n hits of the fault and what shows them.
func (p *Play) Hit(n int, format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hits += n
	if text := fmt.Sprintf(format, args...); !slices.Contains(p.proof, text) {
		p.proof = append(p.proof, text)
	}
	p.Logf("hit, %d in all: %s", p.hits, fmt.Sprintf(format, args...))
}

// seen returns the hits and their proof.
func (p *Play) seen() (int, string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hits, strings.Join(p.proof, "; ")
}

// Argv is the command line of a worker of fast, slow or land behind its valve, with more flags at its end.
func (p *Play) Argv(program string, extra ...string) []string {
	behind := p.Programs
	behind.ClickHouse = "http://" + p.Valves[program].Addr() + "/" + p.database
	behind.Extra = append([]string{"--flush-every", flushEvery.String()}, extra...)
	if program == "land" {
		return behind.Land()
	}
	return behind.Process(program)
}

// worker is the name of the first worker of a program in the crew.
func worker(program string) string { return program + "-1" }

// Join starts the first worker of each program.
func (p *Play) Join(programs ...string) error {
	for _, program := range programs {
		if err := p.Crew.Join(worker(program), p.Argv(program)); err != nil {
			return err
		}
	}
	return nil
}

// Wait lets some time pass.
func (p *Play) Wait(ctx context.Context, d time.Duration) error { return sleep(ctx, d) }

// LogOf is the path of a worker's log.
func (p *Play) LogOf(name string) string { return filepath.Join(p.dir, name+".log") }

// atWork waits until every group has counted something, so that no fault hits programs that are still starting.
func (p *Play) atWork(ctx context.Context) error {
	for {
		rows, err := p.ClickHouse.Query(ctx, "SELECT uniqExact(`group`) FROM watermarks WHERE bitAnd(ver, 1099511627775) > 0")
		if err == nil && len(rows) == 1 && number(rows[0][0]) >= 2 { // land writes marks too, but may be last
			rows, err = p.ClickHouse.Query(ctx, "SELECT count() FROM events_clickstream")
			if err == nil && number(rows[0][0]) > 0 {
				return nil
			}
		}
		if err := p.Wait(ctx, 200*time.Millisecond); err != nil {
			return fmt.Errorf("the programs do not come to work: %w", err)
		}
	}
}

// silence ends the collectors once the faults are over: their heartbeats would go on closing windows behind the end of
// the log that is compared.
func (p *Play) silence(ctx context.Context, over <-chan struct{}) error {
	select {
	case <-over:
	case <-ctx.Done():
		return ctx.Err()
	}
	for i := range p.urls {
		if err := p.Crew.Leave(ctx, fmt.Sprintf("collect-%d", i+1), 30*time.Second); err != nil {
			return err
		}
	}
	return nil
}

// run drives the cell and returns what is in the log.
func (p *Play) run(ctx context.Context, c Cell) (Outcome, error) {
	if c.Ready != nil {
		if err := c.Ready(ctx, p); err != nil {
			return Outcome{}, err
		}
	}
	over := make(chan struct{})
	p.Load.Until = over
	run := Run{
		Brokers: p.Programs.Brokers, ClickHouse: p.ClickHouse, Crew: p.Crew,
		CatchUp: 4 * time.Minute, Patience: 30 * time.Second, Logf: p.Logf,
		Load: func(ctx context.Context) (Sent, error) {
			if c.Send != nil {
				sent, err := c.Send(ctx, p)
				return sent, errors.Join(err, p.silence(ctx, over))
			}
			return p.Load.Run(ctx, p.Programs.Brokers)
		},
		Beat: func(ctx context.Context) error { return p.Load.Heartbeats(ctx, p.Programs.Brokers) },
		Fault: func(ctx context.Context) error {
			defer close(over)
			if c.Act == nil {
				return nil
			}
			ctx, cancel := context.WithTimeout(ctx, 4*time.Minute)
			defer cancel()
			if !c.Early {
				if err := p.atWork(ctx); err != nil {
					return err
				}
			}
			return c.Act(ctx, p)
		},
	}
	return run.Do(ctx)
}
