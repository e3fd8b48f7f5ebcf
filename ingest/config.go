package ingest

import (
	"errors"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"tidemark/schemas"
)

// Config is all that a Collector needs. The zero value of a limit means its default.
type Config struct {
	// Addr is where Run listens, for example ":8080".
	Addr string
	// Shops returns the shops as they are now; it is asked once per request, so a revoked key stops with the next one.
	Shops func() *schemas.Shops
	// Producer takes the records.
	Producer Producer
	// Log gets failures of Kafka and panics, never what a sender wrote.
	Log zerolog.Logger
	// Registry gets the collector's metrics.
	Registry prometheus.Registerer
	// Now is the clock; nil means time.Now.
	Now func() time.Time

	// AckTimeout is how long a request waits for Kafka before it is answered 503. Default 10 s.
	AckTimeout time.Duration
	// DrainDelay is how long Run goes on serving after Ready has begun to fail, for load balancers to notice.
	DrainDelay time.Duration
	// MaxConns is how many connections may be open; more get 503. Default 1024.
	MaxConns int
	// KeyRate limits the events per second of one write key, KeyBurst what may come at once. Default 50,000 and twice that.
	KeyRate, KeyBurst float64
	// AddressRate limits the requests per second of one client address. Default 1,000 and twice that.
	AddressRate, AddressBurst float64
	// RobotPace is how many events of one visitor in one minute of event time are a person's; those beyond are marked as a
	// robot's, servers' apart. Default 600; negative for no limit.
	RobotPace int
	// SpamReferrers mark what comes from them as a robot's.
	SpamReferrers SpamReferrers
	// TrustedProxies are the networks of our own proxies; only they may say whom they speak for.
	TrustedProxies []netip.Prefix
	// Origins are the web origins that browsers may send from, compared exactly. Default none.
	Origins []string
}

// prepare checks what has no default and fills in the rest.
func (c *Config) prepare() error {
	switch {
	case c.Shops == nil:
		return errors.New("ingest: Config.Shops is missing; pass the shops of shops.yaml")
	case c.Producer == nil:
		return errors.New("ingest: Config.Producer is missing; pass the result of NewKafka")
	case c.Registry == nil:
		return errors.New("ingest: Config.Registry is missing; pass the registry that /metrics serves")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	c.AckTimeout = orDefault(c.AckTimeout, 10*time.Second)
	c.MaxConns = orDefault(c.MaxConns, 1024)
	c.KeyRate = orDefault(c.KeyRate, 50_000)
	c.KeyBurst = orDefault(c.KeyBurst, 2*c.KeyRate)
	c.AddressRate = orDefault(c.AddressRate, 1_000)
	c.AddressBurst = orDefault(c.AddressBurst, 2*c.AddressRate)
	c.RobotPace = orDefault(c.RobotPace, 600)
	return nil
}

// orDefault replaces the zero value. A negative rate stays, and limits nothing.
func orDefault[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}
