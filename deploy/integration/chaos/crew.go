package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
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
	return c.kill(ctx, c.workers[rng.IntN(len(c.workers))], down)
}

func (c *Crew) kill(ctx context.Context, w *Worker, down time.Duration) error {
	if err := w.process.Kill(); err != nil {
		return err
	}
	c.Kills[w.Name]++
	if err := sleep(ctx, down); err != nil {
		return err
	}
	return c.start(w)
}

// LeaveAll ends every worker, all at the same time.
func (c *Crew) LeaveAll(ctx context.Context, patience time.Duration) error {
	for _, w := range c.workers {
		if err := sleep(ctx, settling-time.Since(w.started)); err != nil {
			return err
		}
	}
	errs := make([]error, len(c.workers))
	var all sync.WaitGroup
	for i, w := range c.workers {
		all.Go(func() { errs[i] = w.process.Stop(patience) })
	}
	all.Wait()
	c.workers = nil
	return errors.Join(errs...)
}

// KillOne kills the named worker and starts its program again after down.
func (c *Crew) KillOne(ctx context.Context, name string, down time.Duration) error {
	w, err := c.worker(name)
	if err != nil {
		return err
	}
	return c.kill(ctx, w, down)
}

// Fallen waits until the named worker has killed itself at a failpoint, and starts it again as argv.
func (c *Crew) Fallen(ctx context.Context, name string, argv []string) error {
	w, err := c.worker(name)
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return w.process.Failure("has not reached its failpoint")
	case <-w.process.Done():
	}
	if !w.process.Killed() {
		return w.process.Failure("ended otherwise than by its failpoint")
	}
	c.Kills[name]++
	w.Argv = argv
	return c.start(w)
}

// Again starts the named worker's program after it was killed by way of Process.
func (c *Crew) Again(name string) error {
	w, err := c.worker(name)
	if err != nil {
		return err
	}
	if !w.process.Killed() {
		return w.process.Failure("was not killed")
	}
	c.Kills[name]++
	return c.start(w)
}

// Process returns the running program of the named worker.
func (c *Crew) Process(name string) (*child.Process, error) {
	w, err := c.worker(name)
	if err != nil {
		return nil, err
	}
	return w.process, nil
}

func (c *Crew) worker(name string) (*Worker, error) {
	for _, w := range c.workers {
		if w.Name == name {
			return w, nil
		}
	}
	return nil, fmt.Errorf("no worker is called %s", name)
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
