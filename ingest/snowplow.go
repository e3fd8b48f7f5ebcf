package ingest

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Paths of Snowplow's tracker protocol.
const (
	snowplowPost  = "/com.snowplowanalytics.snowplow/tp2"
	snowplowPixel = "/i"
)

// snowplow is Snowplow's tracker protocol, version 2: batches by POST, and single events as the query of a GET, which
// is answered with a pixel. Its collectors know no keys; the app id of the tracker is the write key here.
func snowplow(method string) *api {
	max := limits{body: 1 << 20, event: 1 << 20, events: 1_000, status: http.StatusRequestEntityTooLarge}
	in := shape{batch: "data"}
	return &api{
		dialect:  dialectSnowplow,
		route:    "tp2",
		method:   method,
		media:    []string{"application/json", "text/plain"},
		limits:   max,
		key:      headerKey,
		eventKey: (*reader).snowplowApp,
		split: func(r *http.Request, body []byte) (envelope, *refusal) {
			if r.Method == http.MethodGet {
				return envelope{events: [][]byte{body}}, nil
			}
			return in.split(body, max)
		},
		read: (*reader).snowplow,
		done: func(in *intake) answer {
			if in.pixel {
				return answer{http.StatusOK, pixel}
			}
			return answer{status: http.StatusOK}
		},
	}
}

// image is the body of an answer that is no JSON.
type image string

// pixel is a transparent GIF of one point, as a page's <img> wants it.
const pixel image = "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"

// maxQuery is how long the query of a GET may be; trackers send whole events there.
const maxQuery = 10 << 10

// queryEvent makes an event of a request's query: a JSON object of texts. A name given twice is refused, as in JSON.
func queryEvent(r *http.Request) ([]byte, *refusal) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || len(values) == 0 {
		return nil, refuse(http.StatusBadRequest, "bad_query")
	}
	event := make(map[string]string, len(values))
	for name, all := range values {
		if len(all) > 1 {
			return nil, refuse(http.StatusBadRequest, "bad_query")
		}
		event[name] = all[0]
	}
	body, err := json.Marshal(event, json.Deterministic(true))
	if err != nil { // text that is not UTF-8
		return nil, refuse(http.StatusBadRequest, "invalid_utf8")
	}
	return body, nil
}

func (r *reader) snowplowApp() (app string) {
	_ = r.object(func(name []byte) error { // what is no event is refused elsewhere
		if string(name) == "aid" {
			return r.text(&app)
		}
		return r.dec.SkipValue()
	})
	return app
}

// snowplowEvent is what has to be read before it can be understood.
type snowplowEvent struct {
	kind, session, network                 string
	action                                 string // of a structured event
	order, total, tax, shipping, currency  string // of a transaction of the first kind
	event, eventPacked, about, aboutPacked string // self-describing JSON, plain and in base64
	happened, reported                     moment
}

func (r *reader) snowplow(m *message) error {
	var e snowplowEvent
	var sent moment
	err := r.object(func(name []byte) error {
		if dst := snowplowText(m, &e, string(name)); dst != nil {
			return r.text(dst)
		}
		switch string(name) {
		case "dtm":
			return r.millis(&e.reported)
		case "ttm":
			return r.millis(&e.happened)
		case "stm":
			return r.millis(&sent)
		case "tv", "tna", "aid", "p", "page", "res", "vp", "ds", "cd", "cs", "cookie", "tz", "vid", "tid", "se_ca", "se_la", "se_pr", "se_va",
			"tr_af", "ti_id", "ti_sk", "ti_nm", "ti_ca", "ti_pr", "ti_qu", "ti_cu", "pp_mix", "pp_max", "pp_miy", "pp_may", "url_q", "x-forwarded-for":
			return r.dec.SkipValue()
		}
		return r.drop(name)
	})
	if err != nil {
		return err
	}
	m.at, m.sentAt = e.reported, sent.time
	if e.happened.set { // a true time is not corrected by anybody's clock
		m.at, m.sentAt = e.happened, 0
	}
	m.properties.sessionID = e.session
	if m.anonymousID == "" {
		m.anonymousID = e.network
	}
	return r.snowplowMeaning(m, &e)
}

func snowplowText(m *message, e *snowplowEvent, name string) *string {
	switch name {
	case "e":
		return &e.kind
	case "eid":
		return &m.messageID
	case "uid":
		return &m.userID
	case "duid":
		return &m.anonymousID
	case "nuid", "tnuid":
		return &e.network
	case "sid":
		return &e.session
	case "url":
		return &m.context.url
	case "refr":
		return &m.context.referrer
	case "ua":
		return &m.context.userAgent
	case "lang":
		return &m.context.locale
	case "ip":
		return &m.context.ip
	case "se_ac":
		return &e.action
	case "ue_pr":
		return &e.event
	case "ue_px":
		return &e.eventPacked
	case "co":
		return &e.about
	case "cx":
		return &e.aboutPacked
	case "tr_id":
		return &e.order
	case "tr_tt":
		return &e.total
	case "tr_tx":
		return &e.tax
	case "tr_sh":
		return &e.shipping
	case "tr_cu":
		return &e.currency
	}
	return nil
}

// snowplowMeaning gives the event its name and adds what its entities say.
func (r *reader) snowplowMeaning(m *message, e *snowplowEvent) error {
	m.kind = callTrack
	switch e.kind {
	case "pv":
		m.kind = callPage
	case "pp":
		m.event = pageEngaged
		m.properties.measures.engaged.set = true // somebody was there; for how long, the ping does not say
	case "se":
		m.event = e.action
	case "tr":
		r.snowplowOrder(m, e)
	case "ti":
		m.event = "transaction_item" // its transaction has the amount
	case "ue":
	default:
		return &fault{KindUnknownType, "e is no event of the tracker protocol"}
	}
	fault := r.fault // reading on begins with none
	if e.kind == "ue" {
		if err := r.snowplowDescribed(m, e); err != nil {
			return err
		}
	}
	if fault == nil {
		fault = r.fault
	}
	if err := r.snowplowEntities(m, e); err != nil {
		return err
	}
	if fault != nil {
		r.fault = fault
	}
	return nil
}

// snowplowOrder is a transaction of the first e-commerce model, whose amounts are texts.
func (r *reader) snowplowOrder(m *message, e *snowplowEvent) {
	p := &m.properties
	m.event, p.orderID, p.currency = orderCompleted, e.order, e.currency
	r.amountText("tr_tt", e.total, &p.total)
	r.amountText("tr_tx", e.tax, &p.tax)
	r.amountText("tr_sh", e.shipping, &p.shipping)
}

// described is self-describing JSON.
type described struct {
	Schema string         `json:"schema"`
	Data   jsontext.Value `json:"data"`
}

// schemaName takes a schema's URI apart: iglu:vendor/name/format/version.
func schemaName(uri string) (vendor, name string) {
	vendor, rest, _ := strings.Cut(strings.TrimPrefix(uri, "iglu:"), "/")
	name, _, _ = strings.Cut(rest, "/")
	return vendor, name
}

// unpackBase64 reads what trackers write, who differ in alphabet and padding.
func unpackBase64(s string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(s), "="))
}

// unpackDescribed reads the plain form, or the one in base64, into out.
func unpackDescribed(plain, packed string, out any) error {
	raw := []byte(plain)
	if plain == "" {
		var err error
		if raw, err = unpackBase64(packed); err != nil {
			return &fault{KindUnreadable, "self-describing JSON is no base64"}
		}
	}
	switch {
	case !utf8.Valid(raw):
		return &fault{KindBadText, "self-describing JSON is not UTF-8"}
	case deeperThan(raw, maxDepth):
		return &fault{KindUnreadable, "self-describing JSON nests deeper than 32"}
	case !validText(raw):
		return &fault{KindUnreadable, "self-describing JSON is not readable"}
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return &fault{KindUnreadable, "self-describing JSON is not readable"}
	}
	return nil
}
