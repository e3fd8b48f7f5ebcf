package ingest

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

const (
	retryAfter     = 2 * time.Second
	recordsPerBody = 4 // records of ordinary events are not longer than the body by more than this factor
)

// intake collects the records of one request.
type intake struct {
	c        *Collector
	dialect  string
	sender   sender
	key      string // of the sender, where events may carry others
	keyed    bool   // whether that key is an event's
	loan     *loan
	credit   int // bytes of records that the loan for the body pays for
	received schemas.Millis
	agent    string     // the request's own user agent
	agents   classified // the last event's
	from     string     // the sender's network, for senders that are the visitor's browser
	imported bool       // from a file instead of a request
	pixel    bool       // whether the answer is to be an image
	recs     []*kgo.Record
	room     recordRoom
	seen     map[identity]int // index into recs
	steps    []step           // of visitors, to count once they are stored
	counts   tally
	scratch  []byte
	origin   Origin // route, sentAt and context, as the dialect sets them
	refused  *fault // of the last event that was quarantined
	letter   string // key of the dead letter that is read again; empty for a request
}

// identity is what must occur once within a request.
type identity struct{ topic, id string }

func (c *Collector) newIntake(dialect string, s sender, r *http.Request, l *loan, events int) *intake {
	from := ""
	if addr, ok := peerAddress(r, c.cfg.TrustedProxies); ok && !s.secret {
		from = cutAddress(addr.String())
	}
	return &intake{c: c, from: from, dialect: dialect, sender: s, loan: l, credit: recordsPerBody * int(l.read), received: schemas.MillisOf(c.cfg.Now()), agent: r.UserAgent(), pixel: r.Method == http.MethodGet,
		recs: make([]*kgo.Record, 0, events), seen: make(map[identity]int, events)}
}

// read lends a reader to use, and counts what that did not keep.
func (in *intake) read(use func(*reader) error) error {
	rd := in.c.readers.Get().(*reader)
	defer in.c.readers.Put(rd)
	rd.unknown, rd.personal = 0, 0
	clear(rd.texts[:]) // what one sender wrote is not kept for the next
	err := use(rd)
	in.counts.unknown, in.counts.personal = rd.unknown, rd.personal
	return err
}

// account charges the request for the records made since their number was before. They may be many times as long as the
// body: what a batch says once for all its events stands in each record.
func (in *intake) account(before int) error {
	n := 0
	for _, r := range in.recs[before:] {
		n += len(r.Key) + len(r.Value)
	}
	paid := min(n, in.credit)
	in.credit -= paid
	if no := in.loan.add(int64(n - paid)); no != nil {
		return no
	}
	return nil
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
	in.recs = append(in.recs, in.room.record(topic, key, value, cap(in.recs)-len(in.recs)))
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
func (in *intake) quarantine(f *fault, payload []byte) error { return in.bury(f, payload, in.sender) }

// bury is quarantine for the shop whose event it is.
func (in *intake) bury(f *fault, payload []byte, whose sender) error {
	in.refused = f
	origin := in.origin
	origin.Secret, origin.Agent, origin.Network, origin.shop = whose.secret, in.agent, in.from, whose.shop
	letter := DeadLetter{Kind: f.kind, Reason: f.reason, Source: in.dialect, Shop: whose.shop.ID, Origin: origin, ReceivedAt: in.received, Payload: payload}
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
	if in.c.pace != nil {
		in.c.pace.count(in.steps)
	}
	in.count()
	return nil
}

// freshID is the id of an event that came without one: another at each attempt, but the same whenever a letter is read
// again.
func (in *intake) freshID() string {
	if in.letter != "" {
		return stableID(in.sender.shop.ID, "letter", in.letter)
	}
	return uuid.NewString()
}

// people replaces ids of people that are direct identifiers by their pseudonyms.
func (in *intake) people(at schemas.Millis, ids ...*string) *fault {
	for _, id := range ids {
		normal, direct := directIdentifier(*id)
		if !direct {
			continue
		}
		pseudonym, ok := in.sender.shop.Pseudonym(at, normal)
		if !ok {
			return noIdentityKey
		}
		*id = pseudonym
		in.counts.masked++
	}
	return nil
}

var noIdentityKey = &fault{KindBadID, "an e-mail address, phone or identity number as id needs identity_keys in shops.yaml"}

// maskEmail and maskFree mask and count.
func (in *intake) maskEmail(s string) string { return in.masked(maskEmail(s)) }
func (in *intake) maskFree(s string) string  { return in.masked(maskFree(s)) }

func (in *intake) masked(s string, hit bool) string {
	if hit {
		in.counts.masked++
	}
	return s
}
