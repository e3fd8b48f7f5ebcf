package ingest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// wording is one event in no dialect yet. Each field is the text of a JSON value, and left out where empty.
type wording struct {
	id       string // of the event; of webhooks: of the order, parcel or payment
	visitor  string // or what else keys the record
	at       string // its time, as the dialect writes times
	name     string // an event with a name of its own; of webhooks: its reason or status
	price    string
	quantity string
	currency string
	campaign string
	query    string // search words, or another text that people write
	agent    string // the visitor's user agent
	extra    string // value of a member that nobody knows
}

// voice says events as one dialect, or one form of it, has them.
type voice struct {
	name, column string // column is its place in the document
	path, media  string
	provider     string                            // of webhooks
	topic        string                            // header of webhooks that names their topic, and its value
	key          func(*http.Request, string)       // puts the write key into a request; nil where bodies are signed
	body         func(all ...wording) string       // a request's body
	finish       func(r *http.Request, w *wording) // what stands outside of the body
	at           func(time.Time) string
	numeric      bool   // times are numbers
	has          string // the fields of wording that it has
	member       string // a required member, which one row writes in other case
	limit        int    // greatest body
	batch        int    // greatest number of events of one request
	shared       bool   // a request's events have one visitor
	parts        bool   // a delivery's other parts are kept beside a dead letter
	nested       bool   // prices and names stand in a JSON text within a text
}

func (v *voice) knows(fields string) bool {
	return !slices.ContainsFunc(strings.Fields(fields), func(f string) bool { return !slices.Contains(strings.Fields(v.has), f) })
}

func (v *voice) hook() bool { return v.provider != "" }

// write is the wording of a good event, changed.
func (v *voice) write(id string, change func(*voice, *wording)) wording {
	w := wording{id: quote(id), visitor: `"a1"`, at: v.at(testNow.Add(-time.Second))}
	if change != nil {
		change(v, &w)
	}
	return w
}

// request sends a body under the secret key, or signed.
func (v *voice) request(key, body string, w wording) *http.Request {
	var r *http.Request
	switch {
	case v.hook():
		r = delivery(v.provider, "alpha", key, body)
	case v.path == snowplowPixel:
		r = httptest.NewRequest(http.MethodGet, v.path+"?"+body, nil)
	default:
		r = httptest.NewRequest(http.MethodPost, v.path, strings.NewReader(body))
		r.Header.Set("Content-Type", v.media)
	}
	if v.key != nil && key != "" {
		v.key(r, key)
	}
	if v.finish != nil {
		v.finish(r, &w)
	}
	if name, value, ok := strings.Cut(v.topic, ": "); ok {
		r.Header.Set(name, value)
	}
	return r
}

// secret is what signs or opens a good request.
func (v *voice) secret() string {
	for _, s := range samples {
		if s.provider == v.provider {
			return s.secret
		}
	}
	return secretKey
}

// voices are all dialects in all their forms.
func voices() []*voice { return append(clientVoices(), webhookVoices()...) }

// columns are the document's, in order.
func columns() (out []string) {
	for _, v := range voices() {
		if !slices.Contains(out, v.column) {
			out = append(out, v.column)
		}
	}
	return out
}

// object writes names and the texts of their values; those that are empty are left out, and an object of none is empty.
func object(pairs ...string) string {
	var out []string
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out = append(out, quote(pairs[i])+":"+pairs[i+1])
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "{" + strings.Join(out, ",") + "}"
}

// quote writes a JSON string. A byte that is not UTF-8 stays what it is.
func quote(s string) string {
	var out strings.Builder
	out.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			out.WriteString(`\` + s[i:i+1])
		case c < ' ':
			fmt.Fprintf(&out, `\u%04x`, c)
		default:
			out.WriteByte(c)
		}
	}
	return out.String() + `"`
}

// plain is the text that a JSON string stands for; any other value is its own text.
func plain(value string) string {
	if text, err := jsontext.AppendUnquote(nil, value); err == nil {
		return string(text)
	}
	return value
}

// each joins the events of a batch.
func each(all []wording, event func(*wording) string) string {
	var out []string
	for i := range all {
		out = append(out, event(&all[i]))
	}
	return strings.Join(out, ",")
}

func basic(r *http.Request, key string) { r.SetBasicAuth(key, "") }

// Times, as dialects write them.
func rfc3339(t time.Time) string { return `"` + t.UTC().Format(time.RFC3339Nano) + `"` }

func millis(t time.Time) string { return fmt.Sprint(t.UnixMilli()) }

func seconds(t time.Time) string { return fmt.Sprint(t.Unix()) }

func micros(t time.Time) string { return fmt.Sprintf("%d000", t.UnixMilli()) }

// TestVoices: a good event is accepted in every dialect, so that what is refused below is refused for what was changed.
func TestVoices(t *testing.T) {
	for _, v := range voices() {
		f := newFixture(t, nil)
		w := v.write("good", nil)
		if answer := f.do(v.request(v.secret(), v.body(w), w)); answer.Code >= 300 || len(f.kept.recs) == 0 || len(f.letters()) > 0 {
			t.Errorf("%s: status %d %s, %d records, dead letters %+v", v.name, answer.Code, answer.Body, len(f.kept.recs), f.letters())
		}
	}
}
