package main

import (
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"

	"tidemark/deploy/wire"
	"tidemark/ingest"
	"tidemark/processors"
	"tidemark/sinks"
	"tidemark/sinks/archive"
)

// archiveCmd is one worker that keeps raw events as files.
type archiveCmd struct {
	memberFlags `embed:""`
	To          string        `placeholder:"PLACE" help:"A folder, or s3://bucket/prefix?endpoint=https://host (credentials: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)."`
	Every       time.Duration `default:"5m" placeholder:"DURATION" help:"How long an event may wait for its file; a day must be a multiple of it (${default})."`
	Records     int64         `default:"50000" placeholder:"N" help:"Records of a partition that one span of files holds at most (${default})."`
	Admin       string        `default:"127.0.0.1:9108" placeholder:"ADDR" help:"Address of /metrics, /healthz and /readyz (${default})."`
}

// archiveBytes is how much a worker may hold: open spans of many partitions while it catches up.
const archiveBytes = 256 << 20

// Run works until ctx ends. Open spans are left for the next worker, which reads them again.
func (c archiveCmd) Run(ctx context.Context, log zerolog.Logger) error {
	options, err := c.options()
	if err != nil {
		return err
	}
	work, err := processors.ArchiveWork(processors.ConsumerGroup("archive"), processors.ArchiveCuts{Every: c.Every, Records: c.Records})
	if err != nil {
		return usage{err}
	}
	store, err := archive.Open(c.To)
	if err != nil {
		return usage{err}
	}
	registry := newRegistry()
	kafka, err := ingest.NewKafka(ctx, ingest.KafkaConfig{Options: options})
	if err != nil {
		return err
	}
	defer kafka.Close()
	var status processors.Status
	log.Info().Stringer("to", store).Msg("archiving")
	sink := &wire.Closing{Sink: archive.NewSink(store, registry), Produce: kafka.Produce, After: 2 * c.Every}
	return serve(ctx, c.Admin, registry, readiness(&status), func(ctx context.Context) error {
		return processors.Run(ctx, processors.Config{
			Work: work, Sink: sink, Client: options, RecordTime: c.RecordTime, MaxBytes: archiveBytes, Permanent: sinks.Permanent,
			DeadLetters: noLetters, Status: &status, Registry: registry, Log: log,
		})
	})
}

// noLetters takes no dead letters: the archive's tasks leave them to land.
func noLetters(context.Context, string, int32, []processors.Dead) error {
	return sinks.Refused("archive", errors.New("dead letters are land's to write"))
}
