package main

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sync/errgroup"

	"tidemark/deploy/admin"
)

// newRegistry holds the metrics of this process, Go's own included.
func newRegistry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// serve runs the work beside the admin server. The server outlives the work, so that the drain can be watched; a work
// that ends, or a server that cannot start, ends both.
func serve(ctx context.Context, addr string, reg *prometheus.Registry, ready func() error, work func(context.Context) error) error {
	group, working := errgroup.WithContext(ctx)
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	group.Go(func() error { return admin.Serve(serving, addr, admin.Handler(reg, ready)) })
	group.Go(func() error {
		defer stop()
		return work(working)
	})
	return group.Wait()
}
