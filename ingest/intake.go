package ingest

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

const retryAfter = 2 * time.Second

// intake collects the records of one request.
type intake struct {
	c        *Collector
	dialect  string
	sender   sender
	received schemas.Millis
	agent    string // the request's own user agent
	recs     []*kgo.Record
	seen     map[identity]int // index into recs
	counts   tally
	scratch  []byte
}

// identity is what must occur once within a request.
type identity struct{ topic, id string }

// tally counts what became of the request's events; it reaches the metrics only with the answer.
type tally struct {
	accepted, duplicate, quarantined            int
	conflicts, generated, skewed, masked, alone int
	kinds                                       map[Kind]int
}

func (c *Collector) newIntake(dialect string, s sender, r *http.Request, events int) *intake {
	return &intake{c: c, dialect: dialect, sender: s, received: schemas.MillisOf(c.cfg.Now()), agent: r.UserAgent(),
		recs: make([]*kgo.Record, 0, events), seen: make(map[identity]int, events)}
}

// add takes one record, unless the request already holds its event. It says whether the record is new. value is copied.
func (in *intake) add(topic, key, id string, value []byte) bool {
	who := identity{topic, id}
	if i, dup := in.seen[who]; dup {
		if string(in.recs[i].Key) != key || !bytes.Equal(in.recs[i].Value, value) {
			in.counts.conflicts++
		}
		return false
	}
	in.seen[who] = len(in.recs)
	in.recs = append(in.recs, &kgo.Record{Topic: topic, Key: []byte(key), Value: bytes.Clone(value)})
	return true
}

// settle counts an event whose records were added; fresh says whether any of them was new.
func (in *intake) settle(fresh bool) {
	if fresh {
		in.counts.accepted++
	} else {
		in.counts.duplicate++
	}
}

// quarantine turns an event that cannot be read into a dead letter.
func (in *intake) quarantine(f *fault, payload []byte) error {
	letter := DeadLetter{Kind: f.kind, Reason: f.reason, Source: in.dialect, Shop: in.sender.shop.ID, ReceivedAt: in.received, Payload: payload}
	rec, err := letter.Record()
	if err != nil {
		return err
	}
	in.recs = append(in.recs, rec)
	in.counts.quarantined++
	if in.counts.kinds == nil {
		in.counts.kinds = map[Kind]int{}
	}
	in.counts.kinds[f.kind]++
	return nil
}

// finish waits for Kafka and then counts; an unanswered request counts when it comes again.
func (in *intake) finish(ctx context.Context) error {
	if len(in.recs) > 0 {
		if err := in.c.cfg.Producer.Produce(ctx, in.recs); err != nil {
			return err
		}
	}
	in.count()
	return nil
}

func (in *intake) count() {
	m, t := in.c.metrics, &in.counts
	m.events.WithLabelValues(in.dialect, resultAccepted).Add(float64(t.accepted))
	m.events.WithLabelValues(in.dialect, resultDuplicate).Add(float64(t.duplicate))
	m.events.WithLabelValues(in.dialect, resultQuarantined).Add(float64(t.quarantined))
	for kind, n := range t.kinds {
		m.quarantined.WithLabelValues(in.dialect, string(kind)).Add(float64(n))
	}
	m.conflicts.Add(float64(t.conflicts))
	m.generated.Add(float64(t.generated))
	m.skewed.Add(float64(t.skewed))
	m.masked.Add(float64(t.masked))
	m.noVisitor.Add(float64(t.alone))
}

// maskEmail and maskFree mask and count.
func (in *intake) maskEmail(s string) string { return in.masked(maskEmail(s)) }
func (in *intake) maskFree(s string) string  { return in.masked(maskFree(s)) }

func (in *intake) masked(s string, hit bool) string {
	if hit {
		in.counts.masked++
	}
	return s
}
