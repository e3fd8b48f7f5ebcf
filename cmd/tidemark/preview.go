package main

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"tidemark/dashboards"
	"tidemark/dashboards/preview"
	"tidemark/deploy/admin"
	"tidemark/deploy/wire"
	"tidemark/processors/metrics"
)

// previewCmd shows the boards in a browser, without Grafana.
type previewCmd struct {
	Clickhouse  string `placeholder:"DSN" help:"ClickHouse over HTTP, for example http://reader:password@host:8123/tidemark; a user who may only read is enough."`
	Listen      string `default:"127.0.0.1:3000" placeholder:"ADDR" help:"Address of the page, /metrics, /healthz and /readyz (${default})."`
	AllowRemote bool   `help:"Allow an address that others can reach; the preview asks nobody for a password."`
	Boards      string `placeholder:"DIR" help:"Folder of boards as JSON; without it those of this binary."`
	Alerts      string `placeholder:"URL" help:"Where tidemark alert run listens, for its incidents."`
}

// Run serves until ctx ends.
func (c previewCmd) Run(ctx context.Context, log zerolog.Logger, out output) error {
	loopback, err := checkListen(c.Listen, c.AllowRemote, "the preview asks nobody for a password")
	if err != nil {
		return err
	}
	if c.Clickhouse == "" {
		return usagef("no ClickHouse is named: give --clickhouse http://reader:password@host:8123/tidemark or set TIDEMARK_CLICKHOUSE")
	}
	query, err := wire.BoardQuery(withDatabase(c.Clickhouse))
	if err != nil {
		return usage{err}
	}
	incidents, err := alertsProxy(c.Alerts)
	if err != nil {
		return err
	}
	registry := newRegistry()
	server, err := c.server(query, incidents, loopback, registry, log)
	if err != nil {
		return err
	}
	docs, err := wire.Docs(metrics.All())
	if err != nil {
		return err
	}
	mux := admin.Handler(registry, func() error { return answers(ctx, query) })
	mux.Handle(wire.DocsPath, docs)
	mux.Handle("/", server.Handler())
	_, _ = fmt.Fprintf(out, "boards at http://%s/\n", c.Listen)
	return admin.Serve(ctx, c.Listen, mux)
}

func (c previewCmd) server(query preview.Query, incidents http.Handler, loopback bool, reg prometheus.Registerer, log zerolog.Logger) (*preview.Server, error) {
	var boards fs.FS = dashboards.Files()
	if c.Boards != "" {
		boards = os.DirFS(c.Boards)
	}
	assets, err := preview.Assets()
	if err != nil {
		return nil, err
	}
	server, err := preview.New(preview.Config{
		Boards: boards, Query: query, Assets: assets, Loopback: loopback, Incidents: incidents, Log: log, Registry: reg,
	})
	if err != nil && c.Boards != "" {
		return nil, usage{fmt.Errorf("--boards %s: %w", c.Boards, err)}
	}
	return server, err
}

// answers asks ClickHouse for a sign of life.
func answers(ctx context.Context, query preview.Query) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, err := query(ctx, "SELECT 1")
	return err
}

// alertsProxy passes the API of incidents on to the process that keeps them; nil where none is named.
func alertsProxy(address string) (http.Handler, error) {
	if address == "" {
		return nil, nil
	}
	target, err := url.Parse(address)
	if err != nil || target.Scheme != "http" && target.Scheme != "https" || target.Host == "" {
		return nil, usagef("--alerts: %q is no address such as http://127.0.0.1:9105", address)
	}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) },
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadGateway)
			_, _ = fmt.Fprintf(w, `{"error":"tidemark alert run at %s does not answer"}`, target.Host)
		},
	}, nil
}
