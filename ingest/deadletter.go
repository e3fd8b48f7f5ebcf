package ingest

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"

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
	Origin Origin // of the collector's letters
	// Topic, Partition and Offset are where a processor found the record. The collector leaves Topic empty.
	Topic     string
	Partition int32
	Offset    int64
	RecordKey []byte // of the record that a processor found
	// ReceivedAt is when the collector got it, or the record's append time.
	ReceivedAt schemas.Millis
	Payload    []byte // as received; masked and cut before it is written
}

// Origin is what a request says beside the event, as far as the event's meaning hangs on it.
type Origin struct {
	Route   string // what the dialect was asked for: Segment's call, or the family of tidemark's own lines
	Secret  bool   // whether the key was secret
	SentAt  string // of the batch
	Context []byte // of the batch, JSON; nil where there is none
	Agent   string // the request's user agent
	Network string // of the visitor
	Index   int    // of the event in its request

	shop  *schemas.Shop // for pseudonyms of people in the payload
	named bool          // see redaction
	// redacted is Context masked; shared by all letters of a request.
	redacted *redactedText
}

// maxContext is how much of a batch's context a letter keeps, in bytes. Each letter of a batch repeats it.
const maxContext = 8 << 10

// redactedContext masks the context once for all letters of a request.
func (o *Origin) redactedContext(of redaction) (text string, whole bool) {
	if o.redacted == nil {
		o.redacted = new(redactedText)
	}
	o.redacted.once.Do(func() {
		of.named, of.cloud = false, false
		o.redacted.text, o.redacted.whole = redact(o.Context, of)
		if len(o.redacted.text) > maxContext {
			o.redacted.text, o.redacted.whole = "", false
		}
	})
	return o.redacted.text, o.redacted.whole
}

type redactedText struct {
	once  sync.Once
	text  string
	whole bool
}

// Record makes the Kafka record for the dead letter topic. Its key is the origin "topic/partition/offset", or a hash of
// the letter, so that one written twice is known by its key. The hash is of the masked payload: one of the clear payload
// would let anybody try all phone numbers in the masked place.
func (d *DeadLetter) Record() (*kgo.Record, error) {
	l := Letter{Kind: d.Kind, Reason: d.Reason, Source: d.Source, Shop: d.Shop, Route: d.Origin.Route, Secret: d.Origin.Secret, Network: d.Origin.Network, Index: d.Origin.Index,
		SentAt: maskedText(d.Origin.SentAt, maxTime), Agent: maskedText(d.Origin.Agent, maxText), ReceivedAt: d.ReceivedAt, Size: len(d.Payload)}
	whole, wholeContext := false, true
	of := redaction{shop: d.Origin.shop, received: d.ReceivedAt, sent: d.Origin.SentAt, named: d.Origin.named || d.Topic == clickTopic,
		cloud: d.Source == dialectCloudEvents}
	l.Payload, whole = redact(d.Payload, of)
	if d.Origin.Context != nil {
		l.Context, wholeContext = d.Origin.redactedContext(of)
	}
	l.Partial = !whole || !wholeContext
	key := ""
	if d.Topic != "" {
		l.Topic, l.Partition, l.Offset, l.RecordKey = d.Topic, &d.Partition, &d.Offset, strings.ToValidUTF8(string(d.RecordKey), "\uFFFD")
		key = d.Topic + "/" + strconv.Itoa(int(d.Partition)) + "/" + strconv.FormatInt(d.Offset, 10)
	} else {
		key = stableID(d.Shop, string(d.Kind), l.Source, l.Route, l.SentAt, l.Context, strconv.Itoa(l.Index), l.Payload)
	}
	value, err := json.Marshal(&l)
	if err != nil {
		return nil, fmt.Errorf("dead letter %s: %w", key, err)
	}
	return &kgo.Record{Topic: schemas.DeadLetterTopic, Key: []byte(key), Value: value}, nil
}

// maxTime is how much of a text that should be a time is kept.
const maxTime = 64

func maskedText(s string, limit int) string {
	if _, err := schemas.ParseTime(s); err == nil {
		return s
	}
	s, _ = maskFree(strings.ToValidUTF8(s, "\uFFFD"))
	return clip(s, limit)
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
