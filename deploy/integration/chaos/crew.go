package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"time"

	"tidemark/deploy/integration/child"
)

// Worker is one place in the crew: the program in it is started again whenever it has been killed.
type Worker struct {
	Name string
	Argv []string

	process *child.Process
	started time.Time
}

// settling is how long a program is left alone after its start before it is asked to stop: one that has not installed
// its signal handler yet dies of SIGTERM, which would look like a failed drain.
const settling = 2 * time.Second

// Crew runs workers and kills them. Its methods must not be called at the same time.
type Crew struct {
	// Dir takes one log file per worker; a restarted program appends to its predecessor's.
	Dir string
	// Kills counts the workers that died of a SIGKILL of ours, by name: the proof that the faults hit.
	Kills map[string]int

	workers []*Worker
}

// NewCrew returns a crew without workers.
func NewCrew(dir string) *Crew { return &Crew{Dir: dir, Kills: make(map[string]int)} }

// Join starts one more worker.
func (c *Crew) Join(name string, argv []string) error {
	w := &Worker{Name: name, Argv: argv}
	if err := c.start(w); err != nil {
		return err
	}
	c.workers = append(c.workers, w)
	return nil
}

// Leave ends a worker with SIGTERM, as an operator would, and fails unless it drains and exits with status 0.
func (c *Crew) Leave(ctx context.Context, name string, patience time.Duration) error {
	i := slices.IndexFunc(c.workers, func(w *Worker) bool { return w.Name == name })
	if i < 0 {
		return fmt.Errorf("no worker is called %s", name)
	}
	w := c.workers[i]
	if err := sleep(ctx, settling-time.Since(w.started)); err != nil {
		return err
	}
	c.workers = slices.Delete(c.workers, i, i+1)
	return w.process.Stop(patience)
}

// Kill kills a random worker and starts its program again after down. It fails when the worker had died by itself,
// which no fault excuses.
func (c *Crew) Kill(ctx context.Context, rng *rand.Rand, down time.Duration) error {
	w := c.workers[rng.IntN(len(c.workers))]
	if err := w.process.Kill(); err != nil {
		return err
	}
	c.Kills[w.Name]++
	if err := sleep(ctx, down); err != nil {
		return err
	}
	return c.start(w)
}

// Names returns the workers, in the order in which they joined.
func (c *Crew) Names() []string {
	names := make([]string, len(c.workers))
	for i, w := range c.workers {
		names[i] = w.Name
	}
	return names
}

// Check fails when a worker has died without being killed.
func (c *Crew) Check() error {
	for _, w := range c.workers {
		if !w.process.Alive() {
			return w.process.Failure("died by itself")
		}
	}
	return nil
}

// Total is how many kills have hit.
func (c *Crew) Total() int {
	total := 0
	for _, n := range c.Kills {
		total += n
	}
	return total
}

// End kills every worker, for clean-ups.
func (c *Crew) End() {
	for _, w := range c.workers {
		w.process.End()
	}
}

func (c *Crew) start(w *Worker) (err error) {
	w.started = time.Now()
	w.process, err = child.Start(w.Name, filepath.Join(c.Dir, w.Name+".log"), nil, w.Argv...)
	return err
}

// sleep waits, or returns the context's error.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
