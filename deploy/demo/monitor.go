package demo

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tidemark/deploy/demo/truth"
	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

var fastGroup = processors.ConsumerGroup(processors.GroupFast)

// How often the monitor looks.
const (
	lookEvery  = time.Second
	checkEvery = 10 * time.Second
)

// monitor keeps the newest snapshot.
type monitor struct {
	db      *clickhouse.Sink
	metrics prometheus.Gatherer
	shops   func() *schemas.Shops
	check   *truthCheck

	newest atomic.Pointer[snapshot]

	// Only Run's goroutine touches these.
	last      counts
	lastAt    time.Time
	nextCheck time.Time
}

// snapshot returns the newest one.
func (m *monitor) snapshot() snapshot {
	if s := m.newest.Load(); s != nil {
		return *s
	}
	return snapshot{At: time.Now(), Truth: truth.Report{}.String()}
}

// run looks once per second until ctx ends. What fails is shown and tried again.
func (m *monitor) run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		s := m.snapshot()
		s.Error = ""
		if err := m.look(ctx, &s); err != nil && ctx.Err() == nil {
			s.Error = fmt.Sprintf("figures are old: %.100s", strings.Join(strings.Fields(err.Error()), " ")) // on one line
		}
		m.newest.Store(&s)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// look updates the snapshot.
func (m *monitor) look(ctx context.Context, s *snapshot) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	now := time.Now()
	s.At = now
	if err := m.own(s, now); err != nil {
		return err
	}
	views := m.check.metrics["page_views"]
	read, err := readUntil(ctx, m.db, fastGroup, views.Topic)
	if err != nil {
		return err
	}
	s.CompleteUntil = read.Add(-views.Lateness).Truncate(views.Window.Size)
	if s.Shops, err = m.figures(ctx, now); err != nil {
		return err
	}
	if now.Before(m.nextCheck) {
		return nil
	}
	m.nextCheck = now.Add(checkEvery)
	report, err := m.check.run(ctx, now)
	if err == nil {
		s.withTruth(report)
	}
	return err
}

// own reads this process's metrics.
func (m *monitor) own(s *snapshot, now time.Time) error {
	c, err := gather(m.metrics)
	if err != nil {
		return err
	}
	if seconds := now.Sub(m.lastAt).Seconds(); !m.lastAt.IsZero() && seconds > 0 {
		// Half of it is the past, so that the figure does not jump.
		s.EventsPerSecond = (s.EventsPerSecond + float64(c.accepted-m.last.accepted)/seconds) / 2
	}
	if n := c.freshCount - m.last.freshCount; n > 0 {
		s.Freshness = (c.freshSum - m.last.freshSum) / float64(n)
	}
	s.Lag, s.Late, s.Duplicates, s.DeadLetters = c.lag, c.late, c.duplicates, c.dead
	m.last, m.lastAt = c, now
	return nil
}

// figures reads what the shops have sold.
func (m *monitor) figures(ctx context.Context, now time.Time) ([]shopFigures, error) {
	var out []shopFigures
	for _, shop := range m.shops().All() {
		trade, err := tradeToday(ctx, m.db, shop, now)
		if err != nil {
			return nil, err
		}
		f := shopFigures{Shop: shop.Name, Trade: trade}
		for _, row := range trade {
			f.Orders += row.Orders
		}
		if len(trade) == 0 {
			f.Trade = []tradeRow{{Currency: shop.Currency, GMV: "0", Paid: "0"}}
		}
		out = append(out, f)
	}
	return out, nil
}
