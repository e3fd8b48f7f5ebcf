package demo

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestStackStopsInReverseOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, fail := context.WithCancelCause(t.Context())
		s := stack{fail: fail}
		var mu sync.Mutex
		var order []string
		for _, name := range []string{"engine", "broker", "collector", "shops"} {
			s.start(t.Context(), name, func(ctx context.Context) error {
				<-ctx.Done()
				time.Sleep(time.Second)
				mu.Lock()
				defer mu.Unlock()
				order = append(order, name)
				return nil
			})
		}
		if err := s.stop(time.Minute); err != nil {
			t.Error(err)
		}
		if want := []string{"shops", "collector", "broker", "engine"}; !slices.Equal(order, want) {
			t.Errorf("stopped %v, want %v", order, want)
		}
	})
}

func TestStackFailsWithAPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, fail := context.WithCancelCause(t.Context())
		s := stack{fail: fail}
		s.start(ctx, "engine", func(ctx context.Context) error { <-ctx.Done(); return nil })
		s.start(ctx, "stuck", func(ctx context.Context) error { <-ctx.Done(); time.Sleep(time.Hour); return nil })
		s.start(ctx, "collector", func(context.Context) error { return errors.New("the port is taken") })
		<-ctx.Done()
		if err := context.Cause(ctx); err.Error() != "collector: the port is taken" {
			t.Errorf("cause %v", err)
		}
		err := s.stop(time.Minute)
		if err == nil || err.Error() != "stuck did not stop within 1m0s" {
			t.Errorf("stop gives %v", err)
		}
		time.Sleep(time.Hour)
	})
}
