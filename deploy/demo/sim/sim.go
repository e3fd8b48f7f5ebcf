package sim

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"tidemark/deploy/demo/truth"
)

// Config says what to simulate.
type Config struct {
	URL   string  // of the collector, for example http://127.0.0.1:8001
	Rate  float64 // events per second, on average
	Seed  uint64
	Shops []Shop
	Truth *truth.Truth // notes what was delivered; the caller closes it after Run
	Log   zerolog.Logger
}

// Simulator sends the events of simulated visits to a collector.
type Simulator struct {
	url    string
	rate   float64 // visits per second
	seed   uint64
	shops  []Shop
	truth  *truth.Truth
	log    zerolog.Logger
	client *http.Client

	acked, retries, refused atomic.Int64

	outage outage
	queue  deliveries
	visits uint64
	owed   float64 // visits that have not started, a fraction
}

// inFlight bounds the requests at one time. When all are taken the shops get fewer visitors: the simulator never
// builds a backlog that it would deliver too late.
const inFlight = 16

// drain is how long requests in flight may take when the simulator is stopped.
const drain = 4 * time.Second

// New makes a simulator; it sends nothing before Run.
func New(c Config) (*Simulator, error) {
	if c.Rate <= 0 || math.IsInf(c.Rate, 0) || math.IsNaN(c.Rate) || len(c.Shops) == 0 {
		return nil, errors.New("the simulator needs a rate above 0 and a shop")
	}
	return &Simulator{
		url: strings.TrimSuffix(c.URL, "/"), rate: c.Rate / eventsPerVisit(c.Shops), seed: c.Seed, shops: c.Shops,
		truth: c.Truth, log: c.Log,
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: inFlight}},
	}, nil
}

// eventsPerVisit is the mean over a sample while payments work; copies count, since they are sent.
func eventsPerVisit(shops []Shop) float64 {
	const sample = 500
	n := 0
	for i := range uint64(sample) {
		_, events := planVisit(shops, 0, 0, i)
		for _, e := range events {
			if e.payment.outcome == failed {
				continue
			}
			n++
			if e.copyAfter > 0 {
				n++
			}
		}
	}
	return float64(n) / sample
}

// Stats are counts of this run.
type Stats struct {
	Acknowledged int64 // events, copies included
	Retries      int64 // requests sent again
	Refused      int64 // events
}

// Stats may be called at any time.
func (s *Simulator) Stats() Stats {
	return Stats{Acknowledged: s.acked.Load(), Retries: s.retries.Load(), Refused: s.refused.Load()}
}

// Run simulates until ctx ends, then waits a few seconds for the answers to what is in flight; what was not sent by
// then never happened. It fails only when the truth cannot be written.
func (s *Simulator) Run(ctx context.Context) error {
	defer s.client.CloseIdleConnections()
	sending, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(drain, stop) })()
	group, sending := errgroup.WithContext(sending)
	group.SetLimit(inFlight)
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			return group.Wait()
		case <-sending.Done():
			return group.Wait()
		case <-tick.C:
		}
		now := time.Now()
		if err := s.arrivals(now, now.Sub(last)); err != nil {
			return errors.Join(err, group.Wait())
		}
		last = now
		for _, b := range s.queue.take(now, &s.outage) {
			group.Go(func() error { return s.deliver(sending, b) })
		}
	}
}

// arrivals starts the visits of the elapsed time, at most those of a second.
func (s *Simulator) arrivals(now time.Time, elapsed time.Duration) error {
	s.owed += s.rate * swell(now) * min(elapsed, time.Second).Seconds()
	for ; s.owed >= 1; s.owed-- {
		shop, events := planVisit(s.shops, s.seed, s.truth.Run(), s.visits)
		s.visits++
		if err := s.queue.schedule(now, shop, events); err != nil {
			return err
		}
	}
	return nil
}

// swell lets the crowd grow and shrink by a fifth every ten minutes, so that a chart shows more than a line. More than
// that would be a shop of whose next minute nothing can be expected.
func swell(now time.Time) float64 {
	return 1 + math.Sin(2*math.Pi*float64(now.Unix()%600)/600)/5
}
