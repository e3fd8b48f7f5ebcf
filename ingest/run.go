package ingest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

const (
	maxHeaderBytes = 16 << 10
	drainTimeout   = 10 * time.Second
)

// timeouts of the HTTP server; net/http has none of its own. A body of the largest size must come within read, an answer
// must be taken within write, which begins with the request and so spans the wait for Kafka as well.
type timeouts struct {
	header, read, write, idle time.Duration
}

func defaultTimeouts() timeouts {
	return timeouts{header: 5 * time.Second, read: 20 * time.Second, write: 45 * time.Second, idle: 75 * time.Second}
}

// Run listens on Config.Addr and serves until ctx ends; see Serve.
func (c *Collector) Run(ctx context.Context) error {
	ln, err := net.Listen("tcp", c.cfg.Addr)
	if err != nil {
		return fmt.Errorf("collector: listen on %q (is the port taken?): %w", c.cfg.Addr, err)
	}
	return c.Serve(ctx, ln)
}

// Serve serves on ln, which it closes, until ctx ends. Then Ready fails, DrainDelay passes, the listener closes, and
// requests under way have 10 s to be answered. It returns nil after a clean end, and an error where requests had to be cut.
func (c *Collector) Serve(ctx context.Context, ln net.Listener) error {
	srv := &http.Server{
		Handler:           c.Handler(),
		ReadHeaderTimeout: c.timeouts.header,
		ReadTimeout:       c.timeouts.read,
		WriteTimeout:      c.timeouts.write,
		IdleTimeout:       c.timeouts.idle,
		MaxHeaderBytes:    maxHeaderBytes - 4096, // net/http adds this much itself
		ErrorLog:          quietLog(),
	}
	served := make(chan error, 1)
	go func() {
		served <- srv.Serve(&limitedListener{Listener: ln, limit: int64(c.cfg.MaxConns), refused: c.metrics.refused})
	}()
	c.ready.Store(true)
	defer c.ready.Store(false)
	select {
	case err := <-served:
		return fmt.Errorf("collector: serve on %s: %w", ln.Addr(), err)
	case <-ctx.Done():
	}
	c.ready.Store(false)
	time.Sleep(c.cfg.DrainDelay)
	return c.drain(srv, served)
}

func (c *Collector) drain(srv *http.Server, served <-chan error) error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTimeout)
	defer cancel()
	err := srv.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("collector: requests cut after %s of draining: %w", drainTimeout, err), srv.Close())
	}
	if end := <-served; !errors.Is(end, http.ErrServerClosed) {
		err = errors.Join(err, end)
	}
	return err
}
