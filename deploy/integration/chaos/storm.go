package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// Storm is a series of random kills, with a second worker per group coming and going.
type Storm struct {
	Seed  uint64
	Kills int
	// During is the time over which the kills are spread.
	During time.Duration
	// Second are the workers that join after the first quarter and leave after the third.
	Second []Worker
	// Patience is how long a leaving worker may drain.
	Patience time.Duration
	// Logf reports each fault.
	Logf func(format string, args ...any)
}

// Run kills workers of the crew at random moments and returns when the last fault is over. Every kill must have hit a
// living program.
func (s Storm) Run(ctx context.Context, crew *Crew) error {
	rng := rand.New(rand.NewPCG(s.Seed, 2))
	began := time.Now()
	gap := s.During / time.Duration(s.Kills+1)
	for kill := range s.Kills {
		if err := s.visit(ctx, crew, kill); err != nil {
			return err
		}
		// The moment is random within its share of the time, so that kills fall on starts and rebalances too.
		moment := gap*time.Duration(kill) + time.Duration(rng.Int64N(int64(2*gap)))
		if err := sleep(ctx, moment-time.Since(began)); err != nil {
			return err
		}
		if err := crew.Kill(ctx, rng, time.Duration(rng.Int64N(int64(gap/2)))); err != nil {
			return fmt.Errorf("kill %d of %d: %w", kill+1, s.Kills, err)
		}
		s.Logf("%5.1fs: kill %d, so far %v", time.Since(began).Seconds(), kill+1, crew.Kills)
	}
	return crew.Check()
}

// visit lets the second workers join and leave.
func (s Storm) visit(ctx context.Context, crew *Crew, kill int) error {
	for _, w := range s.Second {
		switch kill {
		case s.Kills / 4:
			if err := crew.Join(w.Name, w.Argv); err != nil {
				return err
			}
			s.Logf("%s joins", w.Name)
		case s.Kills * 3 / 4:
			if err := crew.Leave(ctx, w.Name, s.Patience); err != nil {
				return err
			}
			s.Logf("%s leaves", w.Name)
		}
	}
	return nil
}
