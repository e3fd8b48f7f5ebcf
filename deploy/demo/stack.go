package demo

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// stack holds the running parts in the order of their start. They stop in reverse: what feeds goes before what is fed.
// One goroutine starts and stops.
type stack struct {
	fail  context.CancelCauseFunc // called when a part ends by itself
	parts []*part
}

type part struct {
	name   string
	cancel context.CancelFunc
	ended  chan struct{}
	err    error // of its stop; valid once ended is closed
}

// start runs a part until stop. A part that ends earlier, with an error or without, brings the whole down.
func (s *stack) start(ctx context.Context, name string, run func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	p := &part{name: name, cancel: cancel, ended: make(chan struct{})}
	s.parts = append(s.parts, p)
	go func() {
		defer close(p.ended)
		err := run(ctx)
		if ctx.Err() != nil {
			p.err = err
			return
		}
		if err == nil {
			err = errors.New("ended by itself")
		}
		s.fail(fmt.Errorf("%s: %w", name, err))
	}()
}

// stop stops all parts, each after the one above it has ended, and joins what they return; what brought the stack down
// is known already. A part that outlasts the
// patience is left behind and named.
func (s *stack) stop(patience time.Duration) error {
	var errs []error
	for i := len(s.parts) - 1; i >= 0; i-- {
		p := s.parts[i]
		p.cancel()
		select {
		case <-p.ended:
			if p.err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", p.name, p.err))
			}
		case <-time.After(patience):
			errs = append(errs, fmt.Errorf("%s did not stop within %s", p.name, patience))
		}
	}
	s.parts = nil
	return errors.Join(errs...)
}
