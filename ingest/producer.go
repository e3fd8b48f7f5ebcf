package ingest

import (
	"context"
	"errors"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Producer puts records into Kafka.
type Producer interface {
	// Produce returns nil once every record is acknowledged by all in-sync replicas. On an error, and when ctx ends
	// first, any part of the records may be in the log, now or a little later: the caller sends them again under the
	// same event ids. The records belong to the producer from the call on.
	Produce(ctx context.Context, recs []*kgo.Record) error
}

// ErrUnacknowledged wraps the end of the context in Produce: the outcome is unknown.
var ErrUnacknowledged = errors.New("kafka did not acknowledge in time; send again")
