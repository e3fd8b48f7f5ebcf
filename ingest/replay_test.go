package ingest

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

// buriedAs makes the letter that would have been written had the payload been refused, over the wire.
func buriedAs(tb testing.TB, f *fixture, d DeadLetter) (string, *Letter) {
	tb.Helper()
	if !d.Origin.Secret {
		d.Origin.Network = "192.0.2.0/24" // of httptest's requests
	}
	d.Origin.named = d.Origin.named || d.Origin.Route == schemas.Clickstream.Name
	d.Origin.shop, _ = f.collector.cfg.Shops().ByID(d.Shop)
	rec, err := d.Record()
	if err != nil {
		tb.Fatal(err)
	}
	l, at, err := ParseLetter(rec)
	if err != nil || !at.IsZero() {
		tb.Fatal(at, err)
	}
	return string(rec.Key), l
}

func sameRecords(a, b []*kgo.Record) bool {
	return slices.EqualFunc(a, b, func(x, y *kgo.Record) bool {
		return x.Topic == y.Topic && bytes.Equal(x.Key, y.Key) && bytes.Equal(x.Value, y.Value)
	})
}

// A letter of what would have been accepted becomes the very records that the request became: for what every client
// sends, with either kind of key. The control forgets what the letter says beside its payload.
func TestReplayIsFaithful(t *testing.T) {
	forgotten := 0
	for _, tt := range clientCases() {
		for key, secret := range map[string]bool{publicKey: false, secretKey: true} {
			if tt.letters != "" || tt.path == "/cloudevents" && !secret {
				continue
			}
			f := newFixture(t, nil)
			r := request(tt.path, key, tt.body)
			r.Header.Set("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile")
			a, events := letterOrigin(t, r, tt)
			if w := f.do(r); w.Code >= 300 {
				t.Fatalf("%s: status %d: %s", tt.name, w.Code, w.Body)
			}
			for _, whole := range []bool{true, false} {
				var recs []*kgo.Record
				for i, raw := range events {
					d := DeadLetter{Kind: KindInvalid, Source: a.Source, Shop: "alpha", ReceivedAt: schemas.MillisOf(testNow), Payload: raw, Origin: a.Origin}
					d.Origin.Secret, d.Origin.Agent, d.Origin.Index = secret, r.UserAgent(), i
					id, l := buriedAs(t, f, d)
					if !whole {
						l.SentAt, l.Context, l.Agent, l.Secret = "", "", "", false
					}
					got, err := f.collector.Replay(id, l)
					if err != nil && whole {
						t.Errorf("%s: %v: %s", tt.name, err, l.Payload)
					}
					recs = append(recs, got...)
				}
				switch same := sameRecords(recs, f.kept.recs); {
				case whole && !same:
					t.Errorf("%s:\n%s\nwant\n%s", tt.name, texts(recs), texts(f.kept.recs))
				case !whole && !same:
					forgotten++
				}
			}
		}
	}
	if forgotten < 5 {
		t.Errorf("the control differs %d times: this proves little", forgotten)
	}
}

// letterOrigin takes a request apart as its dialect does: its events, and what letters of them say beside.
func letterOrigin(t *testing.T, r *http.Request, c clientCase) (DeadLetter, [][]byte) {
	t.Helper()
	a := apis()[c.path]
	if a == nil {
		a = apis()[c.path+"{$}"]
	}
	if a == nil {
		r.Header.Set("Content-Type", cloudEvent)
		return DeadLetter{Source: dialectCloudEvents, Origin: Origin{Route: cloudRoute}}, [][]byte{[]byte(c.body)}
	}
	env, no := a.split(r, []byte(c.body))
	if no != nil {
		t.Fatal(no)
	}
	return DeadLetter{Source: a.dialect, Origin: Origin{named: true, Route: a.route, SentAt: env.base.sent, Context: env.context}}, env.events
}

// Trackers send JSON within texts, also in base64: what is personal there is masked too, and people have their pseudonyms.
func TestLettersLookIntoNestedJSON(t *testing.T) {
	const about = `{"schema":"s","data":[{"schema":"iglu:x/user/jsonschema/1-0-0","data":{"email":"canary@mail.example","phone":"13800138000","user_id":"canary@mail.example"}}]}`
	f := newFixture(t, nil)
	f.must(200, snowplowPost, publicKey, `{"data":[{"e":"zz","eid":"1","uid":13800138000,"cx":"`+base64.StdEncoding.EncodeToString([]byte(about))+`"},{"e":"zz","eid":"2","uid":"canary@mail.example","co":`+strconv.Quote(about)+`}]}`)
	letters := f.letters()
	if len(letters) != 2 {
		t.Fatalf("%+v", letters)
	}
	for _, l := range letters {
		text := l.Payload
		var e struct {
			Packed string `json:"cx"`
		}
		if err := json.Unmarshal([]byte(l.Payload), &e); err != nil {
			t.Fatal(err)
		}
		raw, err := unpackBase64(e.Packed)
		if err != nil {
			t.Fatal(err)
		}
		text += string(raw)
		if strings.Contains(text, "canary") || strings.Contains(text, "13800138000") || !strings.Contains(text, "p7-") || !strings.Contains(text, "iglu:x/user") || l.Partial {
			t.Errorf("%+v: %s", l, raw)
		}
	}
}

// What was refused is refused again for the same kind of reason, unless a mask or the letter's identity has cured it.
func TestReplayRefusesAgain(t *testing.T) {
	same := 0
	for _, v := range clientVoices() {
		f := newFixture(t, func(c *Config) { c.KeyRate, c.AddressRate = -1, -1 })
		for _, c := range badCases() {
			if _, _, ok := c.expected(v); !ok || c.play != nil || c.word == nil {
				continue
			}
			c.answer(t, f, v)
			for _, r := range f.kept.recs {
				if r.Topic != schemas.DeadLetterTopic {
					continue
				}
				l, _, err := ParseLetter(r)
				if err != nil {
					t.Fatal(err)
				}
				recs, err := f.collector.Replay(string(r.Key), l)
				switch {
				case err != nil && strings.HasPrefix(err.Error(), string(l.Kind)):
					same++
				case l.Kind == KindBadText, strings.Contains(l.Payload, "\uFFFD"): // half a surrogate pair has become U+FFFD
				case err == nil && strings.Contains(l.Reason, "event_id"), err == nil && l.Reason == string(schemas.NoEventID):
				case l.Partial:
				default:
					t.Errorf("%s, row %d %s: %s: %s: %v, %s", v.name, c.row, c.name, l.Reason, l.Payload, err, texts(recs))
				}
			}
		}
	}
	if same < 200 {
		t.Errorf("only %d refused again", same)
	}
}

// Events without id get one from the letter: twice is once.
func TestReplayTwiceIsOneEvent(t *testing.T) {
	f := newFixture(t, nil)
	f.must(200, "/v1/track", publicKey, `{"event":"Product Viewed","anonymousId":"a","properties":{"price":"many"}}`)
	f.must(207, "/v1/events?family=orders", secretKey, `{"type":"order_placed","occurred_at":"2026-11-22T21:04:49Z","order_id":"o1","currency":"EUR","total":"5"}`)
	for i, mend := range []func(*Letter){
		func(l *Letter) { l.Payload = strings.Replace(l.Payload, `"many"`, `"5"`, 1) }, func(*Letter) {},
	} {
		rec := f.kept.recs[i]
		l, _, err := ParseLetter(rec)
		if err != nil {
			t.Fatal(err)
		}
		mend(l)
		first, err := f.collector.Replay(string(rec.Key), l)
		if err != nil || len(first) != 1 {
			t.Fatal(first, err)
		}
		f.now = f.now.Add(24 * 3600e9)
		if again, err := f.collector.Replay(string(rec.Key), l); err != nil || !sameRecords(first, again) {
			t.Errorf("%s, then %s", texts(first), texts(again))
		}
		if other, _ := f.collector.Replay("another letter", l); sameRecords(first, other) {
			t.Error("two letters become one event")
		}
		if len(f.kept.recs) != 2 {
			t.Error("Replay has sent something")
		}
	}
}

func TestReplayImpossible(t *testing.T) {
	f := newFixture(t, nil)
	p, o := int32(1), int64(7)
	click := `{"event_id":"x","type":"page_view","occurred_at":1795381489000,"received_at":1795381489000,"shop":"alpha","anonymous_id":"a"}`
	for _, row := range []struct {
		letter Letter
		want   string // part of the error; empty for accepted
	}{
		{Letter{Source: dialectSegment, Shop: "alpha", Payload: goodTrack}, "earlier version"},
		{Letter{Source: dialectSegment, Shop: "alpha", Route: "track", Payload: "{", Partial: true}, "not whole"},
		{Letter{Source: dialectSegment, Shop: "gone", Route: "track", Payload: goodTrack}, "shops file"},
		{Letter{Source: "morse", Shop: "alpha", Route: "track", Payload: goodTrack}, "nobody reads"},
		{Letter{Source: dialectNative, Shop: "alpha", Route: "orders", Payload: goodLine}, "nobody reads"}, // a public key
		{Letter{Source: dialectSegment, Shop: "alpha", Route: "track", Payload: ""}, "unreadable"},
		{Letter{Source: dialectSegment, Shop: "alpha", Route: "track", Payload: `{"a":1,"a":2}`}, "unreadable"},
		{Letter{Source: dialectSegment, Shop: "alpha", Route: "batch", Payload: goodTrack, Context: "{"}, "unreadable"},
		{Letter{Source: "fast", Topic: schemas.Clickstream.Topic(), Partition: &p, Offset: &o, Payload: click}, "record's key"},
		{Letter{Source: "fast", Topic: schemas.Clickstream.Topic(), RecordKey: "a", Payload: `{"event_id":"x"}`}, ""},
		{Letter{Source: "fast", Topic: schemas.Clickstream.Topic(), RecordKey: "a", Payload: click}, "accepted"},
		{Letter{Source: "land", Topic: schemas.Clickstream.HistoryTopic(), RecordKey: "a", Payload: click}, "imported"},
	} {
		recs, err := f.collector.Replay("k", &row.letter)
		if row.want == "accepted" {
			if err != nil || len(recs) != 1 || recs[0].Topic != row.letter.Topic || string(recs[0].Key) != "a" {
				t.Errorf("%+v: %v %s", row.letter, err, texts(recs))
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%+v: %v, want %q", row.letter, err, row.want)
		}
	}
}

// Whole events up to the dialects' limit are kept whole; ids stay, and what is personal does not.
func TestLettersKeepWhatAReplayNeeds(t *testing.T) {
	f := newFixture(t, nil)
	long := `{"event_id":"e-1795381489000","type":"odd","anonymous_id":"Ann@Shop.example","order_id":"2026112200001234","name":"Ann 13800138000","occurred_at":1795381489000,"email":"a@b.example","query":"` + strings.Repeat("x", 30<<10) + `"}`
	f.must(http.StatusMultiStatus, "/v1/events", secretKey, long)
	l := f.letters()[0]
	if l.Partial || !l.Secret || l.Route != "clickstream" || l.Size != len(long) {
		t.Errorf("%+v", l)
	}
	var kept map[string]any
	if err := json.Unmarshal([]byte(l.Payload), &kept); err != nil {
		t.Fatal(err)
	}
	alpha, _ := f.collector.cfg.Shops().ByID("alpha")
	person, _ := PersonID(alpha, testNow, "Ann@Shop.example")
	for name, want := range map[string]string{"event_id": "e-1795381489000", "anonymous_id": person, "order_id": "2026112200001234",
		"name": "Ann " + numberMask, "email": personalMask} {
		if kept[name] != want {
			t.Errorf("%s is %v, want %q", name, kept[name], want)
		}
	}
	f.must(http.StatusMultiStatus, "/v1/events", secretKey, `{"event_id":"x","type":"odd","anonymous_id":"a","query":"`+strings.Repeat("x", 60<<10)+`"}`)
	if l := f.letters()[1]; !l.Partial {
		t.Error("a cut payload passes for a whole one")
	}
	if got := counted(t, f.collector.metrics.quarantined.WithLabelValues(dialectNative, string(KindUnknownType), "alpha")); got != 1 {
		t.Errorf("%v counted for the shop", got)
	}
}

// FuzzLetter: no record of the dead letter topic crashes its reader or a replay, and what a replay yields passes the
// processors' own check.
func FuzzLetter(f *testing.F) {
	fix := newFixture(f, nil)
	for _, v := range clientVoices() {
		for _, raw := range []string{v.body(v.write("bad", nil)), `{}`, `[1]`} {
			for _, d := range []DeadLetter{
				{Kind: KindInvalid, Source: v.dialect(), Shop: "alpha", ReceivedAt: 1795381490000, Payload: []byte(raw), Origin: Origin{Route: callBatch, Secret: true, Context: []byte(`{"locale":"x"}`)}},
				{Kind: KindInvalid, Source: dialectNative, Shop: "alpha", ReceivedAt: 1795381490000, Payload: []byte(raw), Origin: Origin{Route: schemas.Orders.Name, Secret: true}},
				{Kind: KindInvalid, Source: "fast", Topic: schemas.Orders.Topic(), RecordKey: []byte("o"), Payload: []byte(raw)},
			} {
				rec, err := d.Record()
				if err != nil {
					f.Fatal(err)
				}
				f.Add(rec.Value)
			}
		}
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		l, _, err := ParseLetter(&kgo.Record{Value: value})
		if err != nil {
			return
		}
		recs, err := fix.collector.Replay("key", l)
		if err != nil {
			return
		}
		for _, r := range recs {
			if err := readable(r.Topic, r.Value); err != nil {
				t.Fatalf("%s: %v: %s", r.Topic, err, r.Value)
			}
		}
	})
}

// The code that reads a letter is looked up, not built anew: a topic may hold a million letters.
func TestLetterReaderIsLookedUp(t *testing.T) {
	c := newFixture(t, nil).collector
	l := &Letter{Source: dialectPostHog, Route: "capture"}
	if n := testing.AllocsPerRun(100, func() {
		if _, ok := c.letterReader(l); !ok {
			t.Error("no reader")
		}
	}); n > 2 {
		t.Errorf("%v allocations for one letter", n)
	}
}
