package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"runtime/debug"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"tidemark/ingest"
)

// collectCmd is one collector.
type collectCmd struct {
	kafkaFlags    `embed:""`
	spoolFlags    `embed:""`
	Shops         string            `placeholder:"FILE" help:"shops.yaml; read again when it changes."`
	Listen        string            `default:":8001" placeholder:"ADDR" help:"Address for events (${default})."`
	Admin         string            `default:"127.0.0.1:9101" placeholder:"ADDR" help:"Address of /metrics, /healthz and /readyz (${default})."`
	Origins       []string          `placeholder:"URL" help:"Web origins that browsers may send from."`
	Proxies       []string          `placeholder:"CIDR" help:"Networks of our own proxies, whose X-Forwarded-For is believed."`
	KeyRate       float64           `default:"50000" placeholder:"N" help:"Events per second of one write key, twice that at once; more are answered 429 (${default}, -1 for no limit)."`
	AddressRate   float64           `default:"1000" placeholder:"N" help:"Requests per second of one client address, twice that at once; more are answered 429 (${default}, -1 for no limit)."`
	RobotPace     int               `default:"600" placeholder:"N" help:"Events of one visitor in one minute that a person may have; what goes beyond, and what comes in the hour after, is marked as a robot's, which metrics leave out. Servers are free of it (${default}, -1 for no limit)."`
	SpamReferrers string            `type:"existingfile" placeholder:"FILE" help:"Hosts of referrer spam, one per line, as public lists have them: what comes from them is marked as a robot's. Read once, at the start."`
	Cloudevents   map[string]string `mapsep:"," placeholder:"TOPIC=SHOP" help:"Kafka topics of CloudEvents to take in, each with the shop that its events are of."`
	DrainDelay    time.Duration     `default:"0s" help:"How long to go on serving after /readyz has begun to fail."`
}

// Help is shown below the usage.
func (collectCmd) Help() string {
	return fmt.Sprintf("Memory is kept near %d MiB at most, and otherwise spent to save CPU: garbage grows to %d %% of what is in use. The environment variables GOMEMLIMIT and GOGC of Go's runtime set both otherwise.",
		ingest.MemoryLimit>>20, ingest.GCPercent)
}

// setMemory leaves to the environment what it sets.
func setMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(ingest.GCPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(ingest.MemoryLimit)
	}
}

// Run serves until ctx ends, then answers what is under way.
func (c collectCmd) Run(ctx context.Context, log zerolog.Logger) error {
	setMemory()
	options, err := c.options()
	if err != nil {
		return err
	}
	shops, err := openShops(c.Shops, log)
	if err != nil {
		return err
	}
	proxies, err := prefixes(c.Proxies)
	if err != nil {
		return err
	}
	spam, err := spamReferrers(c.SpamReferrers)
	if err != nil {
		return err
	}
	kafka, err := ingest.NewKafka(ctx, ingest.KafkaConfig{Options: options})
	if err != nil {
		return err
	}
	defer kafka.Close() // every request has been answered
	registry := newRegistry()
	beats, err := ingest.NewHeartbeats(kafka, log, registry)
	if err != nil {
		return err
	}
	parts := collectParts{kafka: kafka, beats: beats, producer: kafka, keeps: beats.Ready}
	closeSpool, err := parts.withSpool(c.spoolFlags, registry, log)
	if err != nil {
		return err
	}
	collector, err := ingest.New(ingest.Config{
		Addr: c.Listen, Shops: shops.Shops, Producer: parts.producer, Log: log, Registry: registry,
		DrainDelay: c.DrainDelay, TrustedProxies: proxies, Origins: c.Origins,
		KeyRate: c.KeyRate, AddressRate: c.AddressRate, RobotPace: c.RobotPace, SpamReferrers: spam,
	})
	if err != nil {
		return errors.Join(err, closeSpool())
	}
	if len(c.Cloudevents) > 0 {
		topics, err := ingest.NewCloudTopics(collector, c.Cloudevents, options, log)
		if err != nil {
			return errors.Join(usage{err}, closeSpool())
		}
		parts.runs = append(parts.runs, topics.Run)
	}
	ready := func() error { return errors.Join(collector.Ready(), parts.keeps()) }
	err = serve(ctx, c.Admin, registry, ready, func(ctx context.Context) error {
		group, ctx := errgroup.WithContext(ctx)
		for _, run := range append(parts.runs, collector.Run, beats.Run, shops.Run) {
			group.Go(func() error { return run(ctx) })
		}
		return group.Wait()
	})
	return errors.Join(err, closeSpool()) // what is in it stays for the next start
}

// collectParts are what a collector is put together from.
type collectParts struct {
	kafka    *ingest.Kafka
	beats    *ingest.Heartbeats
	producer ingest.Producer
	keeps    func() error // why events that come cannot be kept; nil where they can
	runs     []func(context.Context) error
}

// spamReferrers reads the list, if there is one.
func spamReferrers(path string) (ingest.SpamReferrers, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close() // read only
	list, err := ingest.ReadSpamReferrers(file)
	if err != nil {
		return nil, usagef("--spam-referrers: %s: %v", path, err)
	}
	return list, nil
}

func prefixes(texts []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range texts {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, usagef("--proxies: %q is no network such as 10.0.0.0/8", text)
		}
		out = append(out, p)
	}
	return out, nil
}
