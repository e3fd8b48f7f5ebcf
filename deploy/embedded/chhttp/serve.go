package chhttp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

const (
	readTimeout  = 5 * time.Minute  // for a client to send a whole request
	drainTimeout = 10 * time.Second // for running statements at shutdown; then they are killed
	maxHeader    = 1 << 20          // bytes; queries come in the URL
)

// Run serves on ln until ctx ends, then lets running statements finish for ten seconds and kills the rest.
// It returns nil after an orderly end. Close comes after it.
func (s *Server) Run(ctx context.Context, ln net.Listener) error {
	requests, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	srv := &http.Server{
		Handler: s, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: readTimeout, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: maxHeader,
		BaseContext: func(net.Listener) context.Context { return requests },
	}
	drained := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		wait, done := context.WithTimeout(requests, drainTimeout)
		defer done()
		err := srv.Shutdown(wait)
		if err != nil {
			cancel() // kills the statements
			wait, done := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
			defer done()
			err = srv.Shutdown(wait)
		}
		drained <- err
	})
	defer stop()
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve ClickHouse's HTTP interface on %s: %w", ln.Addr(), err)
	}
	if err := <-drained; err != nil {
		return fmt.Errorf("statements still ran after %v: %w", 2*drainTimeout, err)
	}
	return nil
}
