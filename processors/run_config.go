package processors

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kgo"
)

// The two ways to know when a record was appended.
const (
	// RecordTimeAppend demands topics whose timestamps are set by the broker (message.timestamp.type=LogAppendTime).
	RecordTimeAppend = "append"
	// RecordTimeCreate trusts the producer's timestamps: for one producer per partition whose clock never steps back.
	RecordTimeCreate = "create"
)

// Config says what Run works on, and within which bounds. Work, Sink, Client and DeadLetters are required.
type Config struct {
	Work   Work
	Sink   Sink
	Client []kgo.Opt // brokers, TLS, SASL; Run adds what belongs to consuming
	// DeadLetters stores records that could not be read and returns when they are acknowledged. It may be called again
	// with the same records.
	DeadLetters func(ctx context.Context, topic string, partition int32, dead []Dead) error

	// Permanent says of an error of Sink or DeadLetters that no repetition cures it, which ends Run; by default none is.
	Permanent func(error) bool

	RecordTime    string        // RecordTimeAppend (default) or RecordTimeCreate
	FlushEvery    time.Duration // between flushes that commit; 5 s by default
	HeadlineEvery time.Duration // between flushes of headline metrics; 1 s by default, negative for none
	DrainTimeout  time.Duration // for the last flush after ctx has ended; 10 s by default

	// MaxBytes and MaxQueued bound the memory of this Run; each partition it holds may use an equal share. A partition
	// is not fetched while its task is above its share of MaxBytes and has not been flushed since, or while the records
	// waiting for the task are above its share of MaxQueued. 128 MiB and 16 MiB by default. What open windows and the
	// dedupe horizon need beyond the share is allowed, but slows the partition down.
	MaxBytes, MaxQueued int64

	// SnapshotTopic is the compacted topic that keeps the tasks' state, so that a change of owner need not replay the whole
	// dedupe horizon; empty for none. SnapshotEvery is how often each partition's state is written: 1 min by default,
	// negative for never. Both are a cache: without them, or when they fail, results are the same and come later.
	SnapshotTopic string
	SnapshotEvery time.Duration

	// Bounded consumes every partition from the earliest offset to the end found at the start, without joining the
	// group, closes the tasks there, and returns. It commits for the group, so give it a group of its own.
	Bounded bool

	// At is told of each Point that is passed, for crash tests; nil in normal use. It is called from several goroutines.
	At func(Point)

	Status   *Status // told when the work is ready; may be nil
	Registry prometheus.Registerer
	Log      zerolog.Logger
}

// checked fills in the defaults and refuses what cannot work.
func (c Config) checked() (Config, error) {
	switch {
	case c.Work.Group == "":
		return c, errors.New("no consumer group named: set Work.Group")
	case len(c.Work.Topics) == 0:
		return c, fmt.Errorf("group %q reads no topic: name at least one", c.Work.Group)
	case c.Work.NewTask == nil || c.Sink == nil || c.DeadLetters == nil:
		return c, fmt.Errorf("group %q needs a task, a sink and a way for dead letters", c.Work.Group)
	}
	defaultTo(&c.RecordTime, RecordTimeAppend)
	if c.RecordTime != RecordTimeAppend && c.RecordTime != RecordTimeCreate {
		return c, fmt.Errorf("record time %q is unknown: use %q or %q", c.RecordTime, RecordTimeAppend, RecordTimeCreate)
	}
	defaultTo(&c.FlushEvery, 5*time.Second)
	defaultTo(&c.HeadlineEvery, time.Second)
	defaultTo(&c.DrainTimeout, 10*time.Second)
	defaultTo(&c.SnapshotEvery, time.Minute)
	defaultTo(&c.MaxBytes, 128<<20)
	defaultTo(&c.MaxQueued, 16<<20)
	if c.FlushEvery < 0 || c.DrainTimeout < 0 || c.MaxBytes < 0 || c.MaxQueued < 0 {
		return c, errors.New("flush interval, drain timeout and byte limits must be positive")
	}
	if c.Permanent == nil {
		c.Permanent = func(error) bool { return false }
	}
	if c.At == nil {
		c.At = func(Point) {}
	}
	if c.Status == nil {
		c.Status = &Status{}
	}
	if c.Registry == nil {
		c.Registry = prometheus.NewRegistry()
	}
	return c, nil
}

func defaultTo[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
