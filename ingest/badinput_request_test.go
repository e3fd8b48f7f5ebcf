package ingest

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// pack compresses a body; memory takes all that is written.
func pack(body []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(body)
	_ = w.Close()
	return out.Bytes()
}

func TestKeys(t *testing.T) {
	body := `{"batch":[` + goodTrack + `]}`
	for _, row := range []struct {
		name, path, key, body string
		status                int
	}{
		{"unknown key in the body", "/v1/batch", "", `{"writeKey":"pk_nobody","batch":[]}`, 401},
		{"key of no text in the body", "/v1/batch", "", `{"writeKey":{"a":1},"batch":[]}`, 401},
		{"key in the body", "/v1/batch", "", `{"batch":[` + goodTrack + `],"writeKey":"pk_recorded"}`, 200},
		{"own shop named", "/v1/events", betaKey, strings.Replace(goodLine, "{", `{"shop":"beta",`, 1), 200},
		{"unknown family", "/v1/events?family=gossip", secretKey, goodLine, 400},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, nil)
			f.must(row.status, row.path, row.key, row.body)
			if row.status != 200 && len(f.kept.recs) != 0 {
				t.Errorf("%d records of a refused request", len(f.kept.recs))
			}
		})
	}
	t.Run("malformed authorization", func(t *testing.T) {
		for _, h := range []string{"Basic !!!", "Basic", "Bearer", "Bearer ", "Digest x", "Basic Og=="} {
			r := request("/v1/batch", "", body)
			r.Header.Set("Authorization", h)
			if w := newFixture(t, nil).do(r); w.Code != 401 {
				t.Errorf("%q: status %d, want 401", h, w.Code)
			}
		}
	})
}

func TestOrigins(t *testing.T) {
	const home = "https://shop.example"
	f := newFixture(t, func(c *Config) { c.Origins = []string{home} })
	for _, origin := range []string{home, "https://evil.example", "null", home + ".evil.example", "http://shop.example"} {
		for _, method := range []string{http.MethodOptions, http.MethodPost} {
			r := request("/v1/batch", publicKey, `{"batch":[]}`)
			r.Method = method
			r.Header.Set("Origin", origin)
			got := f.do(r).Header()
			want := ""
			if origin == home {
				want = home
			}
			if got.Get("Access-Control-Allow-Origin") != want || got.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%s from %s: %v", method, origin, got)
			}
			if exposed := got.Get("Access-Control-Expose-Headers") == "Retry-After"; exposed != (origin == home && method == http.MethodPost) {
				t.Errorf("%s from %s: %v", method, origin, got)
			}
		}
	}
}

func TestMembersAreBounded(t *testing.T) {
	var body strings.Builder
	for i := range nativeMembers + 1 {
		fmt.Fprintf(&body, `"x%d":1,`, i)
	}
	f := newFixture(t, nil)
	f.must(207, "/v1/events", publicKey, withTime(click(body.String()+`"name":"n"`)))
	if l := f.letters(); len(l) != 1 || l[0].Kind != KindTooLarge {
		t.Errorf("dead letters %+v", l)
	}
}

// What an order and its lines must have, in the two dialects that tell both.
func TestBadLines(t *testing.T) {
	for _, row := range []struct {
		name, segment, native string
		kind                  Kind
	}{
		{"negative price", product("Cart Viewed", `"products":[{"price":-0.01}]`), click(`"items":[{"price":-0.01}],"currency":"EUR"`), KindBadAmount},
		{"quantity 0", product("Cart Viewed", `"products":[{"quantity":0}]`), click(`"items":[{"quantity":0}]`), KindBadAmount},
		{"line is no object", product("Cart Viewed", `"products":[1]`), "", KindBadAmount},
		{"control byte in an order id", product("Order Completed", `"order_id":"o\n1","total":1`), "", KindBadID},
		{"track without event", `{"type":"track","anonymousId":"a"}`, "", KindMissingField},
		{"order without id", product("Order Completed", `"total":1`), "", KindMissingField},
		{"order with empty id", product("Order Completed", `"order_id":"","total":1`), "", KindMissingField},
		{"order without total", product("Order Completed", `"order_id":"o1"`), "", KindMissingField},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, nil)
			f.must(200, "/v1/batch", secretKey, `{"batch":[`+row.segment+`,`+goodTrack+`]}`)
			checkQuarantine(t, f, row.kind)
			if row.native == "" {
				return
			}
			f.kept.recs = nil
			f.must(207, "/v1/events", secretKey, withTime(row.native)+"\n"+goodLine+"\n")
			checkQuarantine(t, f, row.kind)
		})
	}
}

func checkQuarantine(t *testing.T, f *fixture, kind Kind) {
	t.Helper()
	letters := f.letters()
	if len(letters) != 1 || letters[0].Kind != kind || letters[0].Shop != "alpha" || letters[0].Reason == "" {
		t.Errorf("dead letters %+v, want one %s", letters, kind)
	}
	if c := f.click(); c.EventID != "good" {
		t.Errorf("the good event is %+v", c)
	}
}
