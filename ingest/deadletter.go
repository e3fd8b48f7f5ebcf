package ingest

import (
	"context"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

// DeadLetter says what could not be read, and why.
type DeadLetter struct {
	Kind   Kind
	Reason string // fixed words, fit for a board; never the sender's text
	Source string // dialect of the collector, or name of the processor group
	Shop   string // empty where unknown
	// Topic, Partition and Offset are where a processor found the record. The collector leaves Topic empty.
	Topic     string
	Partition int32
	Offset    int64
	// ReceivedAt is when the collector got it, or the record's append time.
	ReceivedAt schemas.Millis
	Payload    []byte // as received; masked and cut before it is written
}

// letter is a DeadLetter on the wire.
type letter struct {
	Kind       Kind           `json:"kind"`
	Reason     string         `json:"reason"`
	Source     string         `json:"source"`
	Shop       string         `json:"shop,omitempty"`
	Topic      string         `json:"topic,omitempty"`
	Partition  *int32         `json:"partition,omitempty"`
	Offset     *int64         `json:"offset,omitempty"`
	ReceivedAt schemas.Millis `json:"received_at"`
	Size       int            `json:"size"` // bytes of the payload as received
	Payload    string         `json:"payload"`
}

// Record makes the Kafka record for the dead letter topic. Its key is the origin "topic/partition/offset", or a hash of
// the letter, so that one written twice is known by its key. The hash is of the masked payload: one of the clear payload
// would let anybody try all phone numbers in the masked place.
func (d *DeadLetter) Record() (*kgo.Record, error) {
	l := letter{Kind: d.Kind, Reason: d.Reason, Source: d.Source, Shop: d.Shop, ReceivedAt: d.ReceivedAt,
		Size: len(d.Payload), Payload: redact(d.Payload)}
	key := ""
	if d.Topic != "" {
		l.Topic, l.Partition, l.Offset = d.Topic, &d.Partition, &d.Offset
		key = d.Topic + "/" + strconv.Itoa(int(d.Partition)) + "/" + strconv.FormatInt(d.Offset, 10)
	} else {
		key = stableID(d.Shop, string(d.Kind), l.Payload)
	}
	value, err := json.Marshal(&l)
	if err != nil {
		return nil, fmt.Errorf("dead letter %s: %w", key, err)
	}
	return &kgo.Record{Topic: schemas.DeadLetterTopic, Key: []byte(key), Value: value}, nil
}

// DeadLetters writes dead letters to their topic.
type DeadLetters struct {
	producer Producer
}

// NewDeadLetters returns a writer that uses the producer.
func NewDeadLetters(p Producer) *DeadLetters { return &DeadLetters{producer: p} }

// Write returns when every letter is acknowledged, and not before: a processor commits past a poison record only
// after that. On an error any part of them may have been written; writing again repeats the same keys.
func (w *DeadLetters) Write(ctx context.Context, letters ...DeadLetter) error {
	recs := make([]*kgo.Record, len(letters))
	for i := range letters {
		r, err := letters[i].Record()
		if err != nil {
			return err
		}
		recs[i] = r
	}
	if err := w.producer.Produce(ctx, recs); err != nil {
		return fmt.Errorf("write %d dead letters to %s (is the topic there, is Kafka up?): %w", len(recs), schemas.DeadLetterTopic, err)
	}
	return nil
}
