package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/ingest/webhook"
	"tidemark/schemas"
)

// Replay reads a letter again: the records are what its event becomes by the code that refused it, with the letter's own
// time of arrival, shop and kind of key. An event without id gets one made of the letter's key, so it is the same event
// however often that is done. Nothing is sent. The error says why the event is still refused, or why the letter cannot be
// read again at all.
func (c *Collector) Replay(key string, l *Letter) ([]*kgo.Record, error) {
	switch {
	case l.Partial:
		return nil, errors.New("its payload is not whole (too large, or no JSON): mend it and give it with --file")
	case l.Topic != "":
		return replayRecord(l)
	case slices.ContainsFunc(webhook.Providers(), func(p webhook.Provider) bool { return p.Name == l.Source }):
		return nil, errors.New("it is a webhook's, which cannot be read again here: let the provider send it again (docs/webhooks.md)")
	case l.Route == "":
		return nil, errors.New("an earlier version wrote it without the route and the kind of key, which a replay needs")
	}
	shop, ok := c.cfg.Shops().ByID(l.Shop)
	if !ok {
		return nil, errors.New("its shop is not in the shops file")
	}
	event, ok := c.letterReader(l)
	if !ok {
		return nil, fmt.Errorf("nobody reads letters of source %q, route %q", l.Source, l.Route)
	}
	payload, err := withoutMasked([]byte(l.Payload))
	if err != nil {
		return nil, err
	}
	in := &intake{c: c, dialect: l.Source, sender: sender{shop: shop, secret: l.Secret}, loan: &loan{memory: c.memory}, credit: 8 * MaxRecord,
		received: l.ReceivedAt, agent: l.Agent, from: l.Network, seen: map[identity]int{}, letter: key}
	defer in.loan.giveBack()
	if err := in.read(func(rd *reader) error { return event(in, rd, payload) }); err != nil {
		return nil, err
	}
	if in.refused != nil {
		return nil, in.refused
	}
	return in.recs, nil
}

// letterReader finds the code that reads the events of a letter: one function per dialect.
func (c *Collector) letterReader(l *Letter) (event func(in *intake, rd *reader, payload []byte) error, ok bool) {
	switch l.Source {
	case dialectNative:
		family, ok := c.native[l.Route]
		return family.letter, ok && (family.public || l.Secret)
	case dialectCloudEvents:
		return (*intake).cloudLetter, true
	}
	for _, a := range c.apis {
		if a.dialect == l.Source && a.route == l.Route {
			return a.letter(l), true
		}
	}
	return nil, false
}

// letter reads one event; what its request said for all is the letter's.
func (a *api) letter(l *Letter) func(*intake, *reader, []byte) error {
	return func(in *intake, rd *reader, payload []byte) error {
		env := envelope{base: message{sent: l.SentAt}, first: l.Index, events: [][]byte{payload}}
		if l.Context != "" {
			var err error
			if env.context, err = withoutMasked([]byte(l.Context)); err != nil {
				return err
			}
		}
		if len(payload) > a.limits.event {
			return &fault{KindTooLarge, "event over the limit"}
		}
		return in.clientEvents(rd, a, &env)
	}
}

// letter reads one line.
func (f nativeFamily) letter(in *intake, rd *reader, payload []byte) error {
	in.origin = f.origin()
	_, err := in.line(rd, line{1, payload}, func(rd *reader, l line) (bool, error) { return f.event(in, rd, l.text) })
	return err
}

// cloudLetter reads one event in structured form.
func (in *intake) cloudLetter(rd *reader, payload []byte) error {
	in.origin = Origin{Route: cloudRoute}
	_, err := in.line(rd, line{1, payload}, func(rd *reader, l line) (bool, error) { return in.cloudEvent(rd, l.text) })
	return err
}

// replayRecord is the record that a processor could not count, once its value can be read.
func replayRecord(l *Letter) ([]*kgo.Record, error) {
	if l.RecordKey == "" {
		return nil, errors.New("an earlier version wrote it without the record's key, or the record had none: where it belongs is not known")
	}
	value, err := withoutMasked([]byte(l.Payload))
	if err != nil {
		return nil, err
	}
	if err := readable(l.Topic, value); err != nil {
		return nil, err
	}
	return []*kgo.Record{{Topic: l.Topic, Key: []byte(l.RecordKey), Value: value}}, nil
}

// readable says why the processors would refuse a value again.
func readable(topic string, value []byte) error {
	switch topic {
	case schemas.Clickstream.Topic():
		return countable[schemas.Click](value)
	case schemas.Orders.Topic():
		return countable[schemas.Order](value)
	case schemas.Logistics.Topic():
		return countable[schemas.Parcel](value)
	case schemas.Marketing.Topic():
		return countable[schemas.Spend](value)
	case schemas.Inventory.Topic():
		return countable[schemas.Stock](value)
	case schemas.Service.Topic():
		return countable[schemas.Ticket](value)
	}
	return errors.New("its topic is none of live events: imported history is mended in its file and imported again")
}

func countable[E any, P familyEvent[E]](value []byte) error {
	dec, err := schemas.NewDecoder[E]()
	if err != nil {
		return err
	}
	var e E
	if err := dec.Decode(value, &e); err != nil {
		return decodeFault(err)
	}
	if err := P(&e).Check(); err != nil {
		return checkFault(err)
	}
	return nil
}

// withoutMasked leaves out members whose value was masked as personal: the collector keeps none of them, and "[personal]" is
// no value. What is mended must be JSON as in a request.
func withoutMasked(raw []byte) ([]byte, error) {
	if no := checkText(raw); no != nil {
		return nil, &fault{KindUnreadable, "payload is refused like a request: " + no.code}
	}
	if !jsontext.Value(raw).IsValid(jsontext.AllowInvalidUTF8(true)) {
		return nil, &fault{KindUnreadable, "payload is no JSON"}
	}
	if !strings.Contains(string(raw), personalMask) {
		return raw, nil
	}
	var out bytes.Buffer
	enc := jsontext.NewEncoder(&out, jsontext.AllowInvalidUTF8(true))
	dec := jsontext.NewDecoder(bytes.NewReader(raw), jsontext.AllowInvalidUTF8(true))
	for {
		tok, err := dec.ReadToken()
		if err != nil {
			return nil, &fault{KindUnreadable, "payload is no JSON"}
		}
		kind, n := dec.StackIndex(dec.StackDepth())
		if tok.Kind() == '"' && kind == '{' && n%2 == 1 {
			name := tok.Clone()
			if dec.PeekKind() == '"' {
				value, err := dec.ReadToken()
				if err != nil {
					return nil, &fault{KindUnreadable, "payload is no JSON"}
				}
				if value.String() == personalMask {
					continue
				}
				if err := errors.Join(enc.WriteToken(name), enc.WriteToken(value)); err != nil {
					return nil, err
				}
				continue
			}
			tok = name
		}
		if err := enc.WriteToken(tok); err != nil {
			return nil, err
		}
		if dec.StackDepth() == 0 {
			return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
		}
	}
}
