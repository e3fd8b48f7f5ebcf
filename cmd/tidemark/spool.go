package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"tidemark/ingest"
	"tidemark/ingest/spool"
)

// leastSpool is below what one large request may need.
const leastSpool = 64 << 20

// spoolFlags are those of the disk that stands in for Kafka.
type spoolFlags struct {
	Spool    string   `placeholder:"DIR" help:"Keep clickstream in this folder while Kafka is away, and send it on afterwards; each collector needs a folder of its own. Without it all is answered 503 meanwhile."`
	SpoolMax byteSize `default:"1GiB" placeholder:"SIZE" help:"Bytes that the spool may take; beyond it clickstream is answered 503 too (${default})."`
}

// byteSize is a number of bytes, written as 512MiB or 2GiB.
type byteSize int64

// UnmarshalText reads a whole number and a unit.
func (b *byteSize) UnmarshalText(text []byte) error {
	for _, unit := range []struct {
		name string
		size int64
	}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}} {
		digits, ok := strings.CutSuffix(string(text), unit.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n <= 0 || n > math.MaxInt64/unit.size {
			break
		}
		*b = byteSize(n * unit.size)
		return nil
	}
	return fmt.Errorf("%q is no size such as 512MiB or 2GiB", text)
}

// open returns the producer with the spool before it, and the spool to close in the end; without --spool neither.
func (f spoolFlags) open(kafka *ingest.Kafka, reg prometheus.Registerer, log zerolog.Logger) (*ingest.Spooling, *spool.Queue, error) {
	if f.Spool == "" {
		return nil, nil, nil
	}
	if f.SpoolMax < leastSpool {
		return nil, nil, usagef("--spool-max: give 64MiB or more")
	}
	queue, err := spool.Open(spool.Config{Dir: f.Spool, Max: int64(f.SpoolMax), Log: log})
	if err != nil {
		return nil, nil, usagef("--spool: %w", err)
	}
	spooling, err := ingest.NewSpooling(ingest.SpoolingConfig{Kafka: kafka, Queue: queue, Log: log, Registry: reg})
	if err != nil {
		return nil, nil, errors.Join(err, queue.Close())
	}
	return spooling, queue, nil
}

// withSpool puts the spool, where there is one, before what would go to Kafka. The collector is ready as long as it can
// keep clickstream, so a balancer goes on sending it while Kafka is away.
func (p *collectParts) withSpool(f spoolFlags, reg prometheus.Registerer, log zerolog.Logger) (closeSpool func() error, err error) {
	spooling, queue, err := f.open(p.kafka, reg, log)
	if err != nil || spooling == nil {
		return func() error { return nil }, err
	}
	p.producer, p.keeps = spooling, spooling.Ready
	p.beats.Tell = spooling.Beat
	p.runs = append(p.runs, spooling.Run)
	return queue.Close, nil
}
