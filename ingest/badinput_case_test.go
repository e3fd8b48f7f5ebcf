package ingest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"tidemark/schemas"
)

// badCase is one input of a row, in all dialects that can say it. What comes in is a good request with one thing changed:
// the wording of its first event, its body's text, or the request around it; or play does it all.
type badCase struct {
	row  int
	name string
	want string // the answer: "400 bad_json", the kind of a dead letter, "accepted", "duplicate" or "ignored"
	but  []exception
	when func(*voice) bool // dialects that have such an input; nil: all
	lack note              // why the others have not

	needs string // fields that word changes; dialects without them are left out
	word  func(*voice, *wording)
	text  func(v *voice, body string) string
	query bool // text changes a query as well
	more  int  // events that text adds
	send  func(v *voice, r *http.Request) *http.Request
	play  func(t *testing.T, f *fixture, v *voice) string
	check func(t *testing.T, f *fixture, v *voice) // more that must hold
}

// exception is another answer than the row's, and why.
type exception struct {
	who  func(*voice) bool
	want string
	why  note // none where the answer is right too
}

// Answers to events.
const (
	accepted  = resultAccepted
	duplicate = resultDuplicate
	ignored   = resultIgnored
)

// expected is the answer that a dialect must give; ok is false where it has no such input, for the reason why.
func (c *badCase) expected(v *voice) (want string, why note, ok bool) {
	switch {
	case !v.knows(c.needs):
		return "", noField, false
	case c.when != nil && !c.when(v):
		return "", c.lack, false
	case c.text != nil && !c.query && !posts(v):
		return "", noBody, false
	}
	for _, e := range c.but {
		if e.who(v) {
			return e.want, e.why, true
		}
	}
	return c.want, "", true
}

// answer plays the case against a collector and says what that did.
func (c *badCase) answer(t *testing.T, f *fixture, v *voice) string {
	f.kept.recs, f.kept.err = nil, nil
	if c.play != nil {
		return c.play(t, f, v)
	}
	all := []wording{v.write("bad", c.word)}
	if good := v.write("good", nil); c.word != nil && v.batch > 0 && !(v.shared && all[0].visitor != good.visitor) {
		all = append(all, good)
	}
	r := c.request(v, all)
	return f.answer(t, v, r, len(all)+c.more)
}

func (c *badCase) request(v *voice, all []wording) *http.Request {
	body := v.body(all...)
	if c.text != nil {
		body = c.text(v, body)
	}
	r := v.request(v.secret(), body, all[0])
	if c.send != nil {
		r = c.send(v, r)
	}
	return r
}

// answer sends a request whose first event may be bad, and holds what must be true of every answer: a refusal leaves
// nothing behind, a dead letter names shop and reason and stands for one event, and all others are accepted.
func (f *fixture) answer(t *testing.T, v *voice, r *http.Request, events int) string {
	t.Helper()
	good, twice := f.results(v, resultAccepted), f.results(v, resultDuplicate)
	w := f.do(r)
	good, twice = f.results(v, resultAccepted)-good, f.results(v, resultDuplicate)-twice
	letters := f.letters()
	records := len(f.kept.recs) - len(letters)
	if w.Code >= 300 {
		if len(f.kept.recs) > 0 {
			t.Errorf("%d records of a refused request", len(f.kept.recs))
		}
		word, id := refusalWord(v, w.Body.Bytes())
		if w.Code != http.StatusNotFound && (word == "" || id == "") {
			t.Errorf("answer %s", w.Body)
		}
		if wait := w.Header().Get("Retry-After"); (wait != "") != (w.Code == http.StatusServiceUnavailable) || strings.Contains(w.Body.String(), "broker") {
			t.Errorf("status %d, Retry-After %q: %s", w.Code, wait, w.Body)
		}
		if allow := w.Header().Get("Allow"); w.Code == http.StatusMethodNotAllowed && allow == "" || w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("headers %v", w.Header())
		}
		return strings.TrimSpace(fmt.Sprintf("%d %s", w.Code, word))
	}
	if want := v.success(len(letters) > 0 || twice > 0); w.Code != want {
		t.Errorf("status %d, want %d", w.Code, want)
	}
	var kinds []string
	for _, l := range letters {
		if l.Shop != "alpha" || l.Reason == "" || l.Source != v.dialect() {
			t.Errorf("dead letter %+v", l)
		}
		kinds = append(kinds, string(l.Kind))
	}
	slices.Sort(kinds)
	switch bad := min(1, len(letters)); {
	case v.parts && bad > 0:
	case len(f.kept.recs) == 0: // all of nothing
	case !v.hook() && good+twice+len(letters) != events, len(letters) > 1 && len(letters) != events-1, !v.hook() && records < good, v.hook() && bad > 0 && records > 0:
		t.Errorf("%d events: %d accepted, %d duplicate, %d records, dead letters %v", events, good, twice, records, letters)
	}
	switch {
	case len(letters) > 0:
		return strings.Join(slices.Compact(kinds), " ")
	case twice > 0:
		return duplicate
	case records == 0:
		return ignored
	}
	return accepted
}

// refusalWord reads why a request was refused, and its id; Amplitude's clients have the status in its place.
func refusalWord(v *voice, body []byte) (word, id string) {
	var no struct {
		Code  jsontext.Value `json:"code"`
		Error string         `json:"error"`
		ID    string         `json:"request_id"`
	}
	if json.Unmarshal(body, &no) != nil {
		return "", ""
	}
	if v.dialect() == dialectAmplitude {
		return strings.TrimPrefix(no.Error, "Invalid API key: "), no.ID // which they look for
	}
	return plainString(no.Code), no.ID
}

func (f *fixture) results(v *voice, result string) int {
	return int(counted(f.tb, f.collector.metrics.events.WithLabelValues(v.dialect(), result)))
}

func (v *voice) dialect() string {
	name, _, _ := strings.Cut(v.name, " ")
	return name
}

// success is the status of a request that is kept; partly says that some of its events are not, or not again.
func (v *voice) success(partly bool) int {
	switch d := v.dialect(); {
	case d == dialectGA4:
		return http.StatusNoContent
	case partly && (d == dialectNative || d == dialectCloudEvents):
		return http.StatusMultiStatus
	}
	return http.StatusOK
}

// clickCheck looks at the event that came of the changed wording, where it is a click.
func clickCheck(check func(*schemas.Click) error) func(*testing.T, *fixture, *voice) {
	return func(t *testing.T, f *fixture, v *voice) {
		if v.hook() || strings.HasPrefix(v.name, "ndjson ") && !strings.HasSuffix(v.name, "clickstream") {
			return
		}
		t.Helper()
		clicks := f.clicks()
		if len(clicks) == 0 {
			t.Fatalf("no click; dead letters %+v", f.letters())
		}
		if err := check(&clicks[0]); err != nil {
			t.Error(err)
		}
	}
}
