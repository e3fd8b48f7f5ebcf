package ingest

import (
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"tidemark/schemas"
)

// FuzzSegmentBatch: no body crashes the collector; an answer is one of the contract's; whatever is accepted can be read
// again by the processors' decoder and passes its check; and each event of a batch ends as a record, a letter or a copy.
func FuzzSegmentBatch(f *testing.F) {
	for body := range bodiesAt("/v1/batch") {
		f.Add([]byte(body))
		f.Add([]byte(strings.Replace(body, "{", `{"sentAt":"2026-11-22T21:00:00Z","context":{"locale":"x"},`, 1)))
	}
	fix := newFixture(f, func(c *Config) { c.KeyRate, c.AddressRate = -1, -1 })
	f.Fuzz(func(t *testing.T, body []byte) {
		fix.kept.recs = nil
		w := fix.post("/v1/batch", secretKey, string(body))
		switch w.Code {
		case http.StatusOK:
			env, no := segment(callBatch).split(nil, body)
			if no != nil || len(env.events) > 0 && len(fix.kept.recs) == 0 {
				t.Fatalf("%d events, %d records, %v", len(env.events), len(fix.kept.recs), no)
			}
			checkRecords(t, fix)
		case http.StatusBadRequest:
			if len(fix.kept.recs) != 0 {
				t.Fatal("records of a refused request")
			}
		default:
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
	})
}

// The other clients' interfaces, each with its own seeds: what their SDKs send, and the bad inputs in their words.
func FuzzPostHog(f *testing.F)     { fuzzClient(f, "/batch/") }
func FuzzPostHogOne(f *testing.F)  { fuzzClient(f, "/i/v0/e/") }
func FuzzAmplitude(f *testing.F)   { fuzzClient(f, "/2/httpapi") }
func FuzzJitsu(f *testing.F)       { fuzzClient(f, "/api/s/track") }
func FuzzGA4(f *testing.F)         { fuzzClient(f, "/mp/collect") }
func FuzzSnowplow(f *testing.F)    { fuzzClient(f, snowplowPost) }
func FuzzCloudEvents(f *testing.F) { fuzzClient(f, "/cloudevents") }
func FuzzJitsuBatch(f *testing.F)  { fuzzClient(f, "/api/s/s2s/batch") }

// bodiesAt are the bad inputs of the dialect that has the path.
func bodiesAt(path string) iter.Seq[string] {
	for _, v := range clientVoices() {
		if v.path == path {
			return badBodies(v)
		}
	}
	return func(func(string) bool) {}
}

// badBodies are the bodies of the bad inputs' cases in one dialect, the short ones.
func badBodies(v *voice) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, c := range badCases() {
			if _, _, ok := c.expected(v); !ok || c.play != nil {
				continue
			}
			body := v.body(v.write("bad", c.word), v.write("good", nil))
			if c.text != nil {
				body = c.text(v, v.body(v.write("bad", nil)))
			}
			if len(body) < 16<<10 && !yield(body) {
				return
			}
		}
	}
}

// fuzzClient posts bodies to one path with a secret key, as the dialect's structured or single form.
func fuzzClient(f *testing.F, path string) {
	for _, c := range clientCases() {
		if c.path == path {
			f.Add([]byte(c.body))
		}
	}
	for body := range bodiesAt(path) {
		f.Add([]byte(body))
	}
	fix := newFixture(f, func(c *Config) { c.KeyRate, c.AddressRate = -1, -1 })
	f.Fuzz(func(t *testing.T, body []byte) {
		fix.kept.recs = nil
		r := request(path, secretKey, string(body))
		if path == "/cloudevents" {
			r.Header.Set("Content-Type", cloudEvent)
		}
		checkAnswer(t, fix, fix.do(r), []int{http.StatusOK, http.StatusNoContent, http.StatusMultiStatus}, []int{http.StatusBadRequest, http.StatusForbidden, http.StatusRequestEntityTooLarge})
	})
}

// FuzzCloudEventsBinary: whatever stands in headers beside whatever data.
func FuzzCloudEventsBinary(f *testing.F) {
	f.Add("1", "x.orders.order_paid", "2026-11-22T21:04:40Z", []byte(`{"order_id":"o1","total":"5.50","currency":"USD"}`))
	f.Add("%FF", "x.clickstream.custom", "%", []byte(`{"anonymous_id":"\ud800"}`))
	for body := range badBodies(binaryVoice()) {
		f.Add("a%00", "x.clickstream.view_item", "2026-11-22T21:04:40%2B14:00", []byte(body))
	}
	fix := newFixture(f, func(c *Config) { c.KeyRate, c.AddressRate = -1, -1 })
	f.Fuzz(func(t *testing.T, id, kind, at string, body []byte) {
		fix.kept.recs = nil
		r := request("/cloudevents", secretKey, string(body))
		for name, value := range map[string]string{"ce-specversion": "1.0", "ce-source": "/s", "ce-id": id, "ce-type": kind, "ce-time": at} {
			r.Header.Set(name, value)
		}
		checkAnswer(t, fix, fix.do(r), []int{http.StatusOK, http.StatusMultiStatus}, []int{http.StatusBadRequest, http.StatusForbidden, http.StatusRequestEntityTooLarge})
	})
}

func binaryVoice() *voice {
	all := clientVoices()
	return all[slices.IndexFunc(all, func(v *voice) bool { return v.name == "cloudevents binary" })]
}

// FuzzSnowplowQuery: whatever a pixel's query holds.
func FuzzSnowplowQuery(f *testing.F) {
	f.Add("e=pv&aid=x&uid=u&url=https%3A%2F%2Fshop.example%2F&dtm=1795381489000")
	f.Add("e=ue&uid=u&ue_px=e30&cx=%FF")
	f.Add("e=tr&tr_id=1&tr_tt=1e9&a=%zz")
	for body := range bodiesAt(snowplowPixel) {
		f.Add(body)
	}
	fix := newFixture(f, func(c *Config) { c.KeyRate, c.AddressRate = -1, -1 })
	f.Fuzz(func(t *testing.T, query string) {
		fix.kept.recs = nil
		r := request(snowplowPixel, secretKey, "")
		r.Method, r.URL.RawQuery = http.MethodGet, query
		checkAnswer(t, fix, fix.do(r), []int{http.StatusOK}, []int{http.StatusBadRequest})
	})
}

// FuzzNative is the same for the native dialect.
func FuzzNative(f *testing.F) {
	for _, family := range schemas.FamilyNames() {
		for body := range bodiesAt("/v1/events?family=" + family) {
			f.Add(family, []byte(body))
		}
		f.Add(family, []byte(`{"event_id":"x","type":"`+schemas.Types(family)[0]+`","occurred_at":1795381489000,"currency":"EUR","order_id":"o","carrier":"c","tracking_id":"t","campaign":"c","warehouse":"w","sku":"s","ticket_id":"t","anonymous_id":"a"}`))
	}
	fix := newFixture(f, func(c *Config) { c.KeyRate, c.AddressRate = -1, -1 })
	f.Fuzz(func(t *testing.T, family string, body []byte) {
		if _, ok := fix.collector.native[family]; !ok {
			return
		}
		fix.kept.recs = nil
		checkAnswer(t, fix, fix.post("/v1/events?family="+family, secretKey, string(body)), []int{http.StatusOK, http.StatusMultiStatus}, []int{http.StatusBadRequest, http.StatusForbidden, http.StatusRequestEntityTooLarge})
	})
}

// checkAnswer wants one of the statuses, and of a refused request no record.
func checkAnswer(t *testing.T, fix *fixture, w *httptest.ResponseRecorder, taken, refused []int) {
	t.Helper()
	switch {
	case slices.Contains(taken, w.Code):
		checkRecords(t, fix)
	case !slices.Contains(refused, w.Code):
		t.Fatalf("status %d: %s", w.Code, w.Body)
	case len(fix.kept.recs) != 0:
		t.Fatal("records of a refused request")
	}
}

// checkRecords reads all records as the processors do.
func checkRecords(t *testing.T, fix *fixture) {
	t.Helper()
	for _, r := range fix.kept.recs {
		var env *schemas.Envelope
		var err error
		switch r.Topic {
		case schemas.DeadLetterTopic:
			if !jsontext.Value(r.Value).IsValid() {
				t.Fatalf("dead letter is no JSON: %q", r.Value)
			}
			continue
		case schemas.Clickstream.Topic():
			var c schemas.Click
			env, err = readBack(r.Value, &c)
		case schemas.Orders.Topic():
			var o schemas.Order
			env, err = readBack(r.Value, &o)
		default:
			continue
		}
		if err != nil || env.Shop != "alpha" || env.ReceivedAt != schemas.MillisOf(testNow) || len(r.Key) == 0 || !utf8.Valid(r.Key) {
			t.Fatalf("%s: %v: key %q value %q", r.Topic, err, r.Key, r.Value)
		}
		if checkTime(env.ReceivedAt, env.OccurredAt) != nil {
			t.Fatalf("time %v accepted", env.OccurredAt)
		}
	}
}

func readBack[E any, P familyEvent[E]](value []byte, e P) (*schemas.Envelope, error) {
	dec, err := schemas.NewDecoder[E]()
	if err == nil {
		err = dec.Decode(value, (*E)(e))
	}
	if err == nil {
		err = e.Check()
	}
	return e.Env(), err
}

// FuzzOccurredAt: no three times overflow; the result lies as far from the arrival as the sender's two times lie apart,
// or is the sender's own.
func FuzzOccurredAt(f *testing.F) {
	f.Add(int64(1795381489000), int64(1795381489000), int64(1795381488000))
	f.Add(int64(1795381489000), int64(1<<62), int64(-1<<62))
	f.Add(int64(1795381489000), int64(978307200000), int64(0))
	f.Fuzz(func(t *testing.T, received, sent, original int64) {
		if !plausible(schemas.Millis(received)) {
			return
		}
		at, corrected := occurredAt(schemas.Millis(received), schemas.Millis(sent), schemas.Millis(original))
		switch {
		case !corrected && int64(at) != original:
			t.Errorf("%v is not the sender's %v", at, original)
		case corrected && received-int64(at) != sent-original:
			t.Errorf("received %d sent %d original %d: %d", received, sent, original, at)
		}
	})
}

// FuzzRedact: a redacted payload is bounded, whole text, and holds no address that the mask knows.
func FuzzRedact(f *testing.F) {
	f.Add([]byte(`{"email":"x@y.example","a":["+49 151 12345678"]}`))
	f.Add([]byte(`{"a":"x@y.example`))
	f.Add([]byte("\xff@x.yy"))
	f.Add([]byte(`{"a@b.example":"q@w.ee@b.example"}`))
	shop, _ := loadShops(f).ByID("alpha")
	f.Fuzz(func(t *testing.T, raw []byte) {
		out, _ := redact(raw, redaction{shop: shop, at: schemas.MillisOf(testNow)})
		if len(out) > maxPayload || !utf8.ValidString(out) || emailShape.MatchString(out) {
			t.Fatalf("%d bytes: %q", len(out), out)
		}
	})
}

// FuzzDepth: the bracket counter agrees with the decoder on valid JSON.
func FuzzDepth(f *testing.F) {
	f.Add([]byte(`{"a":["\"]"]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 1<<12 || !jsontext.Value(raw).IsValid() {
			return
		}
		deepest, depth, inText := 0, 0, false
		for i := 0; i < len(raw); i++ {
			switch c := raw[i]; {
			case inText && c == '\\':
				i++
			case c == '"':
				inText = !inText
			case !inText && (c == '{' || c == '['):
				depth++
				deepest = max(deepest, depth)
			case !inText && (c == '}' || c == ']'):
				depth--
			}
		}
		if deeperThan(raw, deepest) || deepest > 0 && !deeperThan(raw, deepest-1) {
			t.Errorf("depth of %q is %d", raw, deepest)
		}
	})
}
