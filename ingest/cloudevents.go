package ingest

import (
	"bytes"
	"context"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Media types of CloudEvents' HTTP binding.
const (
	cloudEvent      = "application/cloudevents+json"
	cloudEventBatch = "application/cloudevents-batch+json"
)

// cloudRoute is what letters of CloudEvents name.
const cloudRoute = "event"

// cloudAttributes are the context attributes that become fields of the event. All others, extensions included, are
// dropped and counted.
type cloudAttributes struct {
	spec, id, kind, source, time string
}

func (a *cloudAttributes) text(name string) *string {
	switch name {
	case "specversion":
		return &a.spec
	case "id":
		return &a.id
	case "type":
		return &a.kind
	case "source":
		return &a.source
	case "time":
		return &a.time
	}
	return nil
}

// check holds the attributes that CloudEvents 1.0 requires, and finds the family and its type of event in the last two
// words of type: com.example.orders.order_paid is an order_paid of the orders.
func (a *cloudAttributes) check() (family, kind string, f *fault) {
	switch {
	case a.spec != "1.0":
		return "", "", &fault{KindUnreadable, "specversion is not 1.0"}
	case a.id == "" || a.source == "" || a.kind == "":
		return "", "", &fault{KindMissingField, "id, source or type is missing"}
	}
	// The event's id is a hash of both, which would hide what is wrong with them.
	if f := cleanIDs(idField{"id", &a.id}, idField{"source", &a.source}); f != nil {
		return "", "", f
	}
	words := strings.Split(a.kind, ".")
	if len(words) < 2 {
		return "", "", unknownCloudType
	}
	return words[len(words)-2], words[len(words)-1], nil
}

var unknownCloudType = &fault{KindUnknownType, "type does not end in family.type, such as orders.order_paid"}

// cloudEvents handles CloudEvents 1.0 over HTTP: binary (attributes in ce- headers), structured, and batches. data holds
// the fields of the family's event (schemas/gen/events.md); id, time and type are the event's event_id, occurred_at and
// type. An event is known by source and id together, as CloudEvents has it.
func (c *Collector) cloudEvents(r *http.Request) (answer, error) {
	media := "application/json"
	if h := r.Header.Get("Content-Type"); h != "" {
		if no := contentType(r, "application/json", cloudEvent, cloudEventBatch); no != nil {
			return answer{}, no
		}
		media, _, _ = mime.ParseMediaType(h) // which contentType has parsed
	}
	key, no := headerKey(r)
	if no != nil {
		return answer{}, no
	}
	who, no := c.sender(key, dialectCloudEvents)
	if no != nil {
		return answer{}, no
	}
	return c.withBody(r, false, limits{body: nativeBody, status: http.StatusRequestEntityTooLarge}, func(ctx context.Context, l *loan, body []byte) (answer, error) {
		events, no := splitCloudEvents(r, media, body)
		if no != nil {
			return answer{}, no
		}
		if no := c.takeRate(key, len(events)); no != nil {
			return answer{}, no
		}
		in := c.newIntake(dialectCloudEvents, who, r, l, len(events))
		in.origin = Origin{Route: cloudRoute}
		return in.lines(ctx, events, func(rd *reader, l line) (bool, error) { return in.cloudEvent(rd, l.text) })
	})
}

// splitCloudEvents finds the events of a request, each in structured form.
func splitCloudEvents(r *http.Request, media string, body []byte) ([]line, *refusal) {
	if no := checkText(body); no != nil {
		return nil, no
	}
	value := jsontext.Value(body)
	if !value.IsValid(jsontext.AllowInvalidUTF8(true)) {
		return nil, badJSON
	}
	switch {
	case media == cloudEventBatch && value.Kind() == '[':
		in := shape{batch: "events", list: true}
		env, no := in.split(body, limits{event: MaxRecord, events: nativeEvents, status: http.StatusRequestEntityTooLarge})
		if no != nil {
			return nil, no
		}
		lines := make([]line, len(env.events))
		for i, e := range env.events {
			lines[i] = line{i + 1, e}
		}
		return lines, nil
	case value.Kind() != '{':
		return nil, badJSON
	case media == cloudEvent:
		return []line{{1, body}}, nil
	}
	event, no := structured(headerAttribute(r.Header), body)
	if no != nil {
		return nil, no
	}
	return []line{{1, event}}, nil
}

// headerAttribute reads attributes from HTTP headers, whose values are percent-encoded; what is not is taken as it is.
func headerAttribute(h http.Header) func(name string) string {
	return func(name string) string {
		text := h.Get("Ce-" + name)
		if plain, err := url.PathUnescape(text); err == nil {
			return plain
		}
		return text
	}
}

// structured is a binary event in structured form. The data is JSON, copied byte by byte, since an encoder would mend half a surrogate pair, for which the event is refused.
func structured(attribute func(name string) string, data []byte) ([]byte, *refusal) {
	out := []byte{'{'}
	for _, name := range []string{"specversion", "id", "type", "source", "time"} {
		text := attribute(name)
		if text == "" {
			continue
		}
		if !utf8.ValidString(text) {
			return nil, refuse(http.StatusBadRequest, "invalid_utf8")
		}
		out = append(out, `"`+name+`":`...)
		out, _ = jsontext.AppendQuote(out, text) // fails for text that is not UTF-8 only
		out = append(out, ',')
	}
	out = append(out, `"data":`...)
	return append(append(out, data...), '}'), nil
}

// cloudEvent adds one event.
func (in *intake) cloudEvent(rd *reader, text []byte) (fresh bool, err error) {
	if len(text) == 0 || text[firstByte(text)] != '{' {
		return false, &fault{KindUnreadable, "event is no JSON object"}
	}
	if !validText(text) {
		return false, &fault{KindBadText, "half a surrogate pair"}
	}
	var a cloudAttributes
	var data []byte
	rd.reset(text)
	err = rd.object(func(name []byte) error {
		if dst := a.text(string(name)); dst != nil {
			return rd.text(dst)
		}
		switch string(name) {
		case "data":
			raw, err := rd.dec.ReadValue()
			data = bytes.Clone(raw)
			return err
		case "datacontenttype", "dataschema", "subject":
			return rd.dec.SkipValue()
		}
		return rd.drop(name)
	})
	if err != nil {
		return false, &fault{KindUnreadable, "event is not readable"}
	}
	name, kind, f := a.check()
	if f != nil {
		return false, f
	}
	family, ok := in.c.native[name]
	switch {
	case !ok:
		return false, unknownCloudType
	case !in.sender.secret && !family.public:
		return false, refuse(http.StatusForbidden, "secret_key_needed")
	}
	event, f := in.cloudNative(rd, &a, kind, data)
	if f != nil {
		return false, f
	}
	return family.event(in, rd, event)
}

// cloudNative is the event in the family's own form: the data, with what the attributes say in the place of what it says
// itself.
func (in *intake) cloudNative(rd *reader, a *cloudAttributes, kind string, data []byte) ([]byte, *fault) {
	if jsontext.Value(data).Kind() != '{' {
		return nil, &fault{KindUnreadable, "data is no JSON object"}
	}
	var out bytes.Buffer
	enc := jsontext.NewEncoder(&out)
	write := func(tok jsontext.Token) { _ = enc.WriteToken(tok) } // a buffer takes all, and the tokens are in order
	write(jsontext.BeginObject)
	members := map[string]string{
		"event_id": stableID(dialectCloudEvents, a.source, a.id), "type": kind, "source": dialectCloudEvents, "occurred_at": a.time,
	}
	for _, name := range []string{"event_id", "type", "source", "occurred_at"} {
		if members[name] != "" {
			write(jsontext.String(name))
			write(jsontext.String(members[name]))
		}
	}
	rd.reset(data)
	err := rd.object(func(name []byte) error {
		if members[string(name)] != "" {
			return rd.dec.SkipValue()
		}
		write(jsontext.String(string(name)))
		raw, err := rd.dec.ReadValue()
		if err == nil {
			err = enc.WriteValue(raw)
		}
		return err
	})
	write(jsontext.EndObject)
	if err != nil {
		return nil, &fault{KindUnreadable, "data is not readable"}
	}
	return out.Bytes(), nil
}
