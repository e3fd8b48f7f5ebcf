package ingest

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

// Letter is a dead letter as it lies in the topic. Members that an earlier version did not write are zero.
type Letter struct {
	Kind       Kind           `json:"kind"`
	Reason     string         `json:"reason"`
	Source     string         `json:"source"`
	Route      string         `json:"route,omitempty"`
	Shop       string         `json:"shop,omitempty"`
	Secret     bool           `json:"secret,omitzero"`
	SentAt     string         `json:"sent_at,omitempty"`
	Context    string         `json:"context,omitempty"` // JSON, masked
	Agent      string         `json:"agent,omitempty"`
	Network    string         `json:"network,omitempty"`
	Index      int            `json:"index,omitzero"` // of the event in its request
	Topic      string         `json:"topic,omitempty"`
	Partition  *int32         `json:"partition,omitempty"`
	Offset     *int64         `json:"offset,omitempty"`
	RecordKey  string         `json:"record_key,omitempty"`
	ReceivedAt schemas.Millis `json:"received_at"`
	Size       int            `json:"size"`             // bytes of the payload as received
	Partial    bool           `json:"partial,omitzero"` // more than masked values is missing: it was cut, or is no JSON
	Payload    string         `json:"payload"`          // masked
}

// replayedHeader marks a record of the dead letter topic that is no letter: it says that the letter of its key was sent
// again, and its value is when, in Unix milliseconds.
const replayedHeader = "tidemark-replayed"

// ReplayedMarker is the record that says so.
func ReplayedMarker(key string, at time.Time) *kgo.Record {
	return &kgo.Record{Topic: schemas.DeadLetterTopic, Key: []byte(key), Value: strconv.AppendInt(nil, at.UnixMilli(), 10),
		Headers: []kgo.RecordHeader{{Key: replayedHeader}}}
}

// ParseLetter reads a record of the dead letter topic: a letter, or, where replayed is not zero, the marker of one.
func ParseLetter(r *kgo.Record) (l *Letter, replayed time.Time, err error) {
	if slices.ContainsFunc(r.Headers, func(h kgo.RecordHeader) bool { return h.Key == replayedHeader }) {
		ms, err := strconv.ParseInt(string(r.Value), 10, 64)
		if err != nil || ms <= 0 {
			return nil, time.Time{}, fmt.Errorf("%s/%d@%d: a mark of a replay without its time", r.Topic, r.Partition, r.Offset)
		}
		return nil, time.UnixMilli(ms), nil
	}
	l = &Letter{}
	if err := json.Unmarshal(r.Value, l); err != nil {
		return nil, time.Time{}, fmt.Errorf("%s/%d@%d is no dead letter: %w", r.Topic, r.Partition, r.Offset, err)
	}
	return l, time.Time{}, nil
}
