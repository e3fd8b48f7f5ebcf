package main

import (
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/deploy/wire"
	"tidemark/ingest"
	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/schemas"
	"tidemark/sinks"
)

// memberFlags are those of a consumer group's member.
type memberFlags struct {
	kafkaFlags     `embed:""`
	SessionTimeout time.Duration `default:"15s" placeholder:"DURATION" help:"Silence after which the group takes a member for dead and hands on its partitions (${default})."`
	Instance       string        `placeholder:"NAME" help:"Name of this worker in its group (group.instance.id), of which no other may run at the same time: when it is started again within --session-timeout it goes on at once with the partitions that it had. Without a name a killed worker's partitions wait for the timeout, then go to the others."`
	RecordTime     string        `hidden:"" enum:"append,create" default:"append" help:"Who stamps records: the broker (append) or one producer (create)."`
}

// options are those of a Kafka client that joins a group.
func (f memberFlags) options() ([]kgo.Opt, error) {
	options, err := f.kafkaFlags.options()
	if err != nil {
		return nil, err
	}
	if f.SessionTimeout < time.Second || f.SessionTimeout > 30*time.Minute {
		return nil, usagef("--session-timeout %v: give 1s to 30m, within the broker's group.min.session.timeout.ms and group.max.session.timeout.ms", f.SessionTimeout)
	}
	if f.Instance != "" {
		options = append(options, kgo.InstanceID(f.Instance))
	}
	return append(options, kgo.SessionTimeout(f.SessionTimeout), kgo.HeartbeatInterval(f.SessionTimeout/6)), nil
}

// readiness is what /readyz of a member says.
func readiness(status *processors.Status) func() error {
	return func() error {
		if !status.Ready() {
			return errors.New("joining the group, or catching up with what it has committed")
		}
		return nil
	}
}

// consumerFlags are those of a member that writes to ClickHouse.
type consumerFlags struct {
	memberFlags     `embed:""`
	clickhouseFlags `embed:""`
	Failpoint       string        `hidden:"" placeholder:"POINT:N" help:"For crash tests: SIGKILL this process when it passes the point for the N-th time."`
	MaxBytes        int64         `hidden:"" help:"For crash tests: bytes that all tasks together may hold before the fetch pauses; 0 is the usual limit."`
	MaxQueued       int64         `hidden:"" help:"For crash tests: bytes of records that may wait for the tasks; 0 is the usual limit."`
	FlushEvery      time.Duration `hidden:"" help:"For crash tests: time between flushes that commit; 0 is the usual one."`
	snapshotEvery   time.Duration // 0: none
}

// processCmd is one worker that counts metrics.
type processCmd struct {
	consumerFlags `embed:""`
	Group         string        `required:"" enum:"fast,slow" placeholder:"fast|slow" help:"fast: metrics of single events. slow: metrics of sessions."`
	SnapshotEvery time.Duration `default:"1m" placeholder:"DURATION" help:"How often each partition's state is kept in Kafka, so that a restart need not replay the log; 0 for never (${default})."`
	Shops         string        `placeholder:"FILE" help:"shops.yaml; checked at the start where given."`
	Admin         string        `placeholder:"ADDR" help:"Address of /metrics, /healthz and /readyz; 127.0.0.1:9102 for fast, :9103 for slow."`
}

// Run works until ctx ends, then stores and commits what it holds.
func (c processCmd) Run(ctx context.Context, log zerolog.Logger) error {
	if c.Shops != "" {
		if _, err := openShops(c.Shops, log); err != nil {
			return err
		}
	}
	if c.SnapshotEvery < 0 || c.SnapshotEvery > 0 && c.SnapshotEvery < time.Second {
		return usagef("--snapshot-every %v: give at least 1s, or 0 for no snapshots", c.SnapshotEvery)
	}
	c.snapshotEvery = c.SnapshotEvery
	work, err := metrics.All().Work(c.Group, processors.ConsumerGroup(c.Group))
	if err != nil {
		return err
	}
	addr := c.Admin
	if addr == "" {
		addr = map[string]string{processors.GroupFast: "127.0.0.1:9102", processors.GroupSlow: "127.0.0.1:9103"}[c.Group]
	}
	return c.consume(ctx, addr, work, 0, log)
}

// consume runs one group's work with the admin server beside it; a flushEvery of 0 is the usual one.
func (c consumerFlags) consume(ctx context.Context, addr string, work processors.Work, flushEvery time.Duration, log zerolog.Logger) error {
	options, err := c.options()
	if err != nil {
		return err
	}
	at, err := failpoint(c.Failpoint, log)
	if err != nil {
		return err
	}
	if c.FlushEvery > 0 {
		flushEvery = c.FlushEvery
	}
	registry := newRegistry()
	sink, err := c.open(registry)
	if err != nil {
		return err
	}
	defer sink.Close() // Run has flushed
	if err := reach(ctx, sink); err != nil {
		return err
	}
	letters, err := ingest.NewKafka(ctx, ingest.KafkaConfig{Options: options})
	if err != nil {
		return err
	}
	defer letters.Close()
	var status processors.Status
	snapshots := ""
	if c.snapshotEvery > 0 {
		snapshots = schemas.SnapshotTopic
	}
	return serve(ctx, addr, registry, readiness(&status), func(ctx context.Context) error {
		return processors.Run(ctx, processors.Config{
			SnapshotTopic: snapshots, SnapshotEvery: c.snapshotEvery,
			Work: work, Sink: failingSink(sink, at), Client: options, RecordTime: c.RecordTime, FlushEvery: flushEvery, Permanent: sinks.Permanent,
			MaxBytes: c.MaxBytes, MaxQueued: c.MaxQueued, At: at,
			DeadLetters: wire.DeadLetters(ingest.NewDeadLetters(letters), work.Group), Status: &status, Registry: registry, Log: log,
		})
	})
}
