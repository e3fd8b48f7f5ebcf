package rollup

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// Config is what a Runner needs.
type Config struct {
	Sink      *clickhouse.Sink
	Catalogue processors.Catalogue
	Shops     func() *schemas.Shops // as they are now; zones of the business days
	Log       zerolog.Logger
	Registry  prometheus.Registerer // nil exports nothing
	Now       func() time.Time      // nil: the system's clock
	Progress  func(Progress)        // called after each batch; nil: nobody is told
}

// Progress is how far a pass has come.
type Progress struct {
	Rollup, Shop string
	Done, Of     int // periods
	Rows         uint64
}

// lookEvery is how often the runner looks which rollups are due for a refresh.
const lookEvery = 5 * time.Second

// Runner computes rollups. Its methods must not be called at the same time.
type Runner struct {
	Config
	order  []*processors.Spec
	gauges *gauges
	seen   map[scope]*frontier // per shop and family
	tried  map[string]time.Time
	clean  map[string]time.Time
	ver    uint64 // highest version seen or given out
	mark   uint64 // tells the versions of runners apart
}

// scope is a part of the raw events.
type scope struct{ shop, family string }

// New prepares a runner; it does not connect yet.
func New(c Config) (*Runner, error) {
	if c.Sink == nil || c.Shops == nil {
		return nil, errors.New("rollup: a sink and shops are required")
	}
	if err := c.Catalogue.Check(); err != nil {
		return nil, err
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Progress == nil {
		c.Progress = func(Progress) {}
	}
	r := &Runner{Config: c, order: c.Catalogue.Rollups(), seen: map[scope]*frontier{}, tried: map[string]time.Time{}, clean: map[string]time.Time{}, mark: rand.Uint64N(marks)}
	var err error
	r.gauges, err = newGauges(c.Registry, r.order, c.Now)
	return r, err
}

// named finds a rollup.
func (r *Runner) named(name string) (*processors.Spec, error) {
	var names []string
	for _, s := range r.order {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return nil, fmt.Errorf("there is no rollup %q; the rollups are %v", name, names)
}

func (r *Runner) now() schemas.Millis { return schemas.MillisOf(r.Now()) }
