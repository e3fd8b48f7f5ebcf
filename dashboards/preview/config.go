package preview

import (
	"errors"
	"io/fs"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// Config says what a Server shows and where its data comes from.
type Config struct {
	Boards   fs.FS          // generated Grafana JSON: every *.json in it is a board
	Query    Query          // runs the boards' SQL
	Assets   fs.FS          // the page: index.html, and assets/ beside it
	Location *time.Location // zone of now/d where neither the board nor the browser names one; nil: UTC
	// Loopback says that the server listens on a loopback address only. Requests that name another host are refused
	// then, so that a page on the internet cannot reach the boards through a name that it points at this machine.
	Loopback bool

	Incidents http.Handler // /api/incidents, /api/rules and /api/hooks; nil: the page shows no incidents
	Demo      http.Handler // /api/demo; nil: not a demo

	Log      zerolog.Logger
	Registry prometheus.Registerer // nil: no metrics

	Timeout     time.Duration // of one query; 0: 20 s
	MaxAge      time.Duration // how long viewers share an answer; 0: 4 s
	Concurrency int           // queries at a time; 0: 4
}

func (c *Config) defaults() error {
	if c.Boards == nil || c.Query == nil || c.Assets == nil {
		return errors.New("preview: Boards, Query and Assets are required")
	}
	if c.Location == nil {
		c.Location = time.UTC
	}
	if c.Timeout == 0 {
		c.Timeout = 20 * time.Second
	}
	if c.MaxAge == 0 {
		c.MaxAge = 4 * time.Second
	}
	if c.Concurrency == 0 {
		c.Concurrency = 4
	}
	return nil
}
