package ingest

import (
	"bytes"
	"encoding/base64"
	"fmt"
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
	d.Origin.named = d.Origin.named || d.Source == dialectSegment || d.Origin.Route == schemas.Clickstream.Name
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

// A letter of what would have been accepted becomes the very records that the request became, for every accepted input and
// both kinds of key. The control forgets what the letter says beside its payload.
func TestReplayIsFaithful(t *testing.T) {
	const batch = `{"sentAt":"2026-11-22T21:00:00Z","context":{"locale":"de-DE","campaign":{"name":"spring","source":"mail"}},"batch":[%s]}`
	forgotten := 0
	for _, row := range accepted {
		for key, secret := range map[string]bool{publicKey: false, secretKey: true} {
			event := strings.Replace(row.segment, "{", `{"messageId":"ajs-next-1795381476894-a0","userId":"13800138000",`, 1)
			f := newFixture(t, nil)
			r := request("/v1/batch", key, fmt.Sprintf(batch, event))
			r.Header.Set("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile")
			if w := f.do(r); w.Code != 200 {
				continue // a row that names these members itself
			}
			d := DeadLetter{Kind: KindInvalid, Source: dialectSegment, Shop: "alpha", ReceivedAt: schemas.MillisOf(testNow), Payload: []byte(event), Origin: Origin{
				Route: callBatch, Secret: secret, SentAt: "2026-11-22T21:00:00Z", Agent: r.UserAgent(), Context: []byte(`{"locale":"de-DE","campaign":{"name":"spring","source":"mail"}}`)}}
			id, l := buriedAs(t, f, d)
			recs, err := f.collector.Replay(id, l)
			if err != nil || !sameRecords(recs, f.kept.recs) {
				t.Errorf("%s: %v\n%s\nwant\n%s", row.row, err, texts(recs), texts(f.kept.recs))
			}
			bare := *l
			bare.SentAt, bare.Context, bare.Agent, bare.Secret = "", "", "", false
			if recs, _ := f.collector.Replay(id, &bare); !sameRecords(recs, f.kept.recs) {
				forgotten++
			}
			if row.native == "" {
				continue
			}
			f = newFixture(t, nil)
			f.must(200, "/v1/events", key, withTime(row.native))
			id, l = buriedAs(t, f, DeadLetter{Kind: KindInvalid, Source: dialectNative, Shop: "alpha", ReceivedAt: schemas.MillisOf(testNow), Payload: []byte(withTime(row.native)),
				Origin: Origin{Route: schemas.Clickstream.Name, Secret: secret}})
			if recs, err := f.collector.Replay(id, l); err != nil || !sameRecords(recs, f.kept.recs) {
				t.Errorf("%s native: %v\n%s\nwant\n%s", row.row, err, texts(recs), texts(f.kept.recs))
			}
		}
	}
	if forgotten == 0 {
		t.Error("the control does not differ: this proves nothing")
	}
}

// The same of every other client's events, each read from its request as the client sends it.
func TestReplayOfClients(t *testing.T) {
	for _, tt := range clientCases() {
		if tt.letters != "" {
			continue
		}
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t, nil)
			r := request(tt.path, secretKey, tt.body)
			r.Header.Set("User-Agent", "Mozilla/5.0 (Windows NT 10.0)")
			var recs []*kgo.Record
			again := func(source, route string, env *envelope) {
				for _, raw := range env.events {
					id, l := buriedAs(t, f, DeadLetter{Kind: KindInvalid, Source: source, Shop: "alpha", ReceivedAt: schemas.MillisOf(testNow), Payload: raw,
						Origin: Origin{named: true, Route: route, Secret: true, SentAt: env.base.sent, Context: env.context, Agent: r.UserAgent()}})
					got, err := f.collector.Replay(id, l)
					if err != nil {
						t.Errorf("%v: %s", err, l.Payload)
					}
					recs = append(recs, got...)
				}
			}
			a := apis()[tt.path]
			if a == nil {
				a = apis()[tt.path+"{$}"]
			}
			if a != nil {
				env, no := a.split(r, []byte(tt.body))
				if no != nil {
					t.Fatal(no)
				}
				again(a.dialect, a.route, &env)
			} else {
				r.Header.Set("Content-Type", cloudEvent)
				again(dialectCloudEvents, cloudRoute, &envelope{events: [][]byte{[]byte(tt.body)}})
			}
			if w := f.do(r); w.Code >= 300 {
				t.Fatalf("status %d: %s", w.Code, w.Body)
			}
			if !sameRecords(recs, f.kept.recs) {
				t.Errorf("\n%s\nwant\n%s", texts(recs), texts(f.kept.recs))
			}
		})
	}
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
	for _, row := range quarantined {
		f := newFixture(t, nil)
		if row.segment != "" {
			f.must(200, "/v1/batch", secretKey, `{"batch":[`+row.segment+`]}`)
		}
		if row.native != "" {
			f.must(207, "/v1/events", secretKey, withTime(row.native))
		}
		for _, r := range f.kept.recs {
			l, _, err := ParseLetter(r)
			if err != nil {
				t.Fatal(err)
			}
			recs, err := f.collector.Replay(string(r.Key), l)
			switch {
			case err != nil && strings.HasPrefix(err.Error(), string(row.kind)):
				same++
			case err == nil && row.kind == KindBadText: // half a surrogate pair has become U+FFFD
			case err == nil && strings.Contains(l.Reason, "event_id"), err == nil && l.Reason == string(schemas.NoEventID):
			case l.Partial:
			default:
				t.Errorf("%s: %s: %v, %s", row.row, l.Payload, err, texts(recs))
			}
		}
	}
	if same < 20 {
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
	for _, row := range quarantined {
		for _, d := range []DeadLetter{
			{Kind: row.kind, Source: dialectSegment, Shop: "alpha", ReceivedAt: 1795381490000, Payload: []byte(row.segment), Origin: Origin{Route: callBatch, Secret: true, Context: []byte(`{"locale":"x"}`)}},
			{Kind: row.kind, Source: dialectNative, Shop: "alpha", ReceivedAt: 1795381490000, Payload: []byte(withTime(row.native)), Origin: Origin{Route: schemas.Orders.Name, Secret: true}},
			{Kind: row.kind, Source: "fast", Topic: schemas.Orders.Topic(), RecordKey: []byte("o"), Payload: []byte(row.native)},
		} {
			rec, err := d.Record()
			if err != nil {
				f.Fatal(err)
			}
			f.Add(rec.Value)
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
