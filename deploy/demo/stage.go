package demo

import (
	"context"
	"sync"
	"time"
)

// PaymentOutage is the incident that the demo can stage: for a while nobody's payment succeeds in the simulated shops.
const PaymentOutage = "payment-outage"

// Of the outage that stages itself: how long it lasts, and how often the demo looks whether it can begin.
const (
	outageLength = 5 * time.Minute
	stageEvery   = 5 * time.Second
)

// stage lets payments fail, and knows since when. It is safe for concurrent use.
type stage struct {
	fail func(bool)
	say  func(string) // tells the people at the terminal

	mu    sync.Mutex
	since time.Time // zero: payments work
}

// set starts or ends the outage; where it is so already nothing happens.
func (s *stage) set(run bool, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case run && s.since.IsZero():
		s.since = now
		s.say("payment outage staged: no payment succeeds in the simulated shops")
	case !run && !s.since.IsZero():
		s.since = time.Time{}
		s.say("payment outage ended: payments succeed again")
	default:
		return
	}
	s.fail(run)
}

// running is when the outage began; zero where there is none.
func (s *stage) running() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.since
}

// byItself stages one outage as soon as the alerts have something to compare with, then waits for ctx.
func (s *stage) byItself(ctx context.Context, judged func(context.Context) bool) error {
	pause := func(d time.Duration) bool {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(d):
			return true
		}
	}
	for !judged(ctx) {
		if !pause(stageEvery) {
			return nil
		}
	}
	s.set(true, time.Now())
	if pause(outageLength) {
		s.set(false, time.Now())
	}
	<-ctx.Done()
	return nil
}
