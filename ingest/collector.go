package ingest

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"log"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/rs/zerolog"

	"tidemark/ingest/webhook"
)

// Collector takes events over HTTP and puts them into Kafka.
type Collector struct {
	cfg      Config
	metrics  *metrics
	native   map[string]nativeFamily
	apis     map[string]*api // by path
	codecs   codecs
	devices  devices
	script   script
	keys     *buckets
	pace     *pace
	addrs    *buckets
	bodies   sync.Pool // of *bytes.Buffer
	memory   *memory
	timeouts timeouts
	readers  sync.Pool // of *reader
	ready    atomic.Bool
	log      zerolog.Logger
}

// New checks the configuration and registers the metrics; it neither listens nor sends.
func New(cfg Config) (*Collector, error) {
	cfg.Origins = slices.Clone(cfg.Origins)
	if err := cfg.prepare(); err != nil {
		return nil, err
	}
	m, err := newMetrics(cfg.Registry)
	if err != nil {
		return nil, err
	}
	codecs, err := newCodecs()
	if err != nil {
		return nil, err
	}
	native, err := nativeFamilies()
	if err != nil {
		return nil, err
	}
	script, err := loadScript()
	if err != nil {
		return nil, err
	}
	return &Collector{
		cfg: cfg, metrics: m, native: native, apis: apis(), codecs: codecs, devices: newDevices(), script: script,
		memory: newMemory(), timeouts: defaultTimeouts(),
		keys:    newBuckets(cfg.KeyRate, cfg.KeyBurst),
		pace:    newPace(cfg.RobotPace),
		addrs:   newBuckets(cfg.AddressRate, cfg.AddressBurst),
		bodies:  sync.Pool{New: func() any { return new(bytes.Buffer) }},
		readers: sync.Pool{New: func() any { return newReader() }},
		// A broken Kafka fails every request alike; a few lines per second tell it.
		log: cfg.Log.Sample(&zerolog.BurstSampler{Burst: 5, Period: logPeriod}),
	}, nil
}

// Ready returns an error before Serve listens and from the moment it drains.
func (c *Collector) Ready() error {
	if !c.ready.Load() {
		return errors.New("collector is not serving: starting or draining")
	}
	return nil
}

// Handler returns the routes, for tests and for callers with a server of their own.
func (c *Collector) Handler() http.Handler {
	mux := http.NewServeMux()
	for path, a := range c.apis {
		mux.Handle(path, c.endpoint(a.dialect, cmp.Or(a.method, http.MethodPost), c.client(a)))
	}
	mux.Handle("/v1/events", c.endpoint(dialectNative, http.MethodPost, c.events))
	mux.Handle("/cloudevents", c.endpoint(dialectCloudEvents, http.MethodPost, c.cloudEvents))
	for _, path := range []string{"/flags", "/flags/{$}", "/decide", "/decide/{$}"} {
		mux.Handle(path, c.endpoint(dialectPostHog, http.MethodPost, posthogFlags))
	}
	mux.Handle("GET /t.js", c.guard(dialectScript, c.serveScript))
	for _, p := range webhook.Providers() {
		mux.Handle("/webhooks/"+p.Name+"/{shop}", c.endpoint(p.Name, http.MethodPost, c.webhook(p)))
	}
	return mux
}

// apis are the clients' interfaces by path.
func apis() map[string]*api {
	out := map[string]*api{
		snowplowPost: snowplow(http.MethodPost), snowplowPixel: snowplow(http.MethodGet), "/mp/collect": ga4(), "/2/httpapi": amplitude(),
	}
	for path, call := range segmentRoutes() {
		out["/v1/"+path] = segment(call)
	}
	for path, call := range jitsuPaths() {
		out[path] = jitsu(call)
	}
	for _, path := range posthogPaths() {
		out[path] = posthog()
	}
	return out
}

// quietLog drops what net/http says of broken connections: it may quote what the peer sent.
func quietLog() *log.Logger { return log.New(io.Discard, "", 0) }
