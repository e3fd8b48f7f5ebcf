package deliver

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tidemark/alerts/incident"
)

func webhook(t *testing.T, c WebhookConfig) *Webhook {
	t.Helper()
	c.Name = "chat"
	c.Now = func() time.Time { return noon }
	w, err := NewWebhook(c)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func ids(rs []request) []string {
	var out []string
	for _, r := range rs {
		_, id, _ := strings.Cut(r.header.Get(HeaderID), "/")
		out = append(out, id)
	}
	return out
}

func TestWebhookBody(t *testing.T) {
	s := newServer(t)
	w := webhook(t, WebhookConfig{URL: s.URL + "/in?key=1", Secret: []byte("shared"), Links: Links{Boards: "https://grafana.example/d/"}})
	if err := w.Deliver(t.Context(), []incident.Message{message("opened-1")}); err != nil {
		t.Fatal(err)
	}
	r := s.requests()[0]
	if r.method != http.MethodPost || r.path != "/in" || r.query != "key=1" || r.header.Get("Content-Type") != "application/json" || r.header.Get(HeaderID) != "paid_orders_fall-1/opened-1" {
		t.Errorf("asked %s %s?%s %v", r.method, r.path, r.query, r.header)
	}
	got := decode[struct {
		Version int               `json:"version"`
		ID      string            `json:"id"`
		Kind    string            `json:"kind"`
		Subject map[string]string `json:"subject"`
		Text    map[string]string `json:"text"`
		View    struct {
			Expected float64 `json:"expected"`
			Actual   float64 `json:"actual"`
		} `json:"incident"`
		Links struct {
			Board   map[string]string `json:"board"`
			Runbook string            `json:"runbook"`
		} `json:"links"`
	}](t, r.body)
	if got.Version != 1 || got.ID != "opened-1" || got.Kind != "opened" || got.Subject["zh"] == "" || got.Text["en"] == "" || got.View.Expected != 41.75 || got.View.Actual != 3 ||
		got.Links.Runbook != "https://docs.example/runbooks/paid_orders_fall" ||
		got.Links.Board["zh"] != "https://grafana.example/d/tidemark-live-zh?from=1749984600000&to=now&var-shop=chaye&viewPanel=panel-7" {
		t.Errorf("body %s", r.body)
	}
	h := hmac.New(sha256.New, []byte("shared"))
	h.Write([]byte("1749988800." + string(r.body)))
	if want := "v1=" + hex.EncodeToString(h.Sum(nil)); r.header.Get(HeaderSignature) != want || r.header.Get(HeaderTimestamp) != "1749988800" {
		t.Errorf("signature %q at %q, want %q", r.header.Get(HeaderSignature), r.header.Get(HeaderTimestamp), want)
	}
}

// TestSign against a value from another program: printf '1.{}' | openssl dgst -sha256 -hmac key.
func TestSign(t *testing.T) {
	if got, want := Sign([]byte("key"), "1", []byte("{}")), "v1=1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNoSecretNoSignature(t *testing.T) {
	s := newServer(t)
	if err := webhook(t, WebhookConfig{URL: s.URL}).Deliver(t.Context(), []incident.Message{message("a")}); err != nil {
		t.Fatal(err)
	}
	if got := s.requests()[0].header.Get(HeaderSignature); got != "" {
		t.Errorf("signature %q", got)
	}
}

// TestWebhookAnswers: which answers are followed by a repeat, and which messages a call sends.
func TestWebhookAnswers(t *testing.T) {
	for _, tt := range []struct {
		name     string
		statuses []int
		asked    []string // of a, b, c
	}{
		{"all well", nil, []string{"a", "b", "c"}},
		{"an error that passes", []int{200, 500, 200}, []string{"a", "b", "b", "c"}},
		{"too many, too slow", []int{429, 408}, []string{"a", "a", "a", "b", "c"}},
		{"refused: given up, the rest goes on", []int{200, 404}, []string{"a", "b", "c"}},
		{"a redirect is refused", []int{307}, []string{"a", "b", "c"}},
	} {
		s := newServer(t, tt.statuses...)
		err := webhook(t, WebhookConfig{URL: s.URL}).Deliver(t.Context(), []incident.Message{message("a"), message("b"), message("c")})
		if got := ids(s.requests()); err != nil || !slices.Equal(got, tt.asked) {
			t.Errorf("%s: asked %v (%v), want %v", tt.name, got, err, tt.asked)
		}
	}
}

// TestTakenMessagesAreNotRepeated in the call that follows a failure; in later calls they are.
func TestTakenMessagesAreNotRepeated(t *testing.T) {
	s := newServer(t, 200, 404, 503)
	w := webhook(t, WebhookConfig{URL: s.URL})
	w.to.patience = firstPause - time.Millisecond // no time for a repeat
	all := []incident.Message{message("a"), message("b"), message("c")}
	if err := w.Deliver(t.Context(), all); err == nil {
		t.Fatal("c was not taken, and no error")
	}
	w.to.patience = time.Second
	for range 2 {
		if err := w.Deliver(t.Context(), all); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := ids(s.requests()), []string{"a", "b", "c", "c", "a", "b", "c"}; !slices.Equal(got, want) {
		t.Errorf("asked %v, want %v", got, want)
	}
}

// TestNothingSecretIsTold: neither errors nor logs hold the address, the secret, or what was sent.
func TestNothingSecretIsTold(t *testing.T) {
	for name, address := range map[string]string{"refused connection": refused(t), "refused message": newServer(t, 401).URL, "stuck": stuck(t)} {
		var log bytes.Buffer
		w := webhook(t, WebhookConfig{URL: address + "/hook-of-the-chat?token=xyzzy", Secret: []byte("shared"), Log: zerolog.New(&log)})
		if name != "refused message" {
			hasty(w.to)
		}
		m := message("a")
		m.Actor, m.Note = "Han Meimei", "call me"
		text := ""
		if err := w.Deliver(t.Context(), []incident.Message{m}); err != nil {
			text = err.Error()
		}
		if text += log.String(); text == "" {
			t.Errorf("%s: nobody is told", name)
		}
		for _, secret := range []string{"hook-of-the-chat", "xyzzy", "shared", "Han Meimei", "call me"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: %q is told: %s", name, secret, text)
			}
		}
	}
}

func TestLinks(t *testing.T) {
	v := view("orange", "orange")
	ended := noon
	v.ResolvedAt = &ended
	if got, want := (Links{Boards: "http://b.example/"}).Board(&v, "zh"), "http://b.example/?board=live&from=1749984600000&lang=zh&panel=7&to=1749989700000&var-shop=chaye"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := (Links{Boards: "http://b.example/"}).Incident(&v), "http://b.example/?incident="+v.ID+"&page=alerts"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, boards := range []string{"", "https://grafana.example/d"} {
		if got := (Links{Boards: boards}).Incident(&v); got != "" {
			t.Errorf("%q has no page of incidents, and leads to %s", boards, got)
		}
	}
	v.Board = ""
	if got := (Links{Boards: "http://b.example"}).Board(&v, "en"); got != "" {
		t.Errorf("an incident without board leads to %s", got)
	}
	if got := (Links{}).Board(&incident.View{Board: "live"}, "en"); got != "" {
		t.Errorf("no boards, but %s", got)
	}
}

func TestAlertName(t *testing.T) {
	for rule, want := range map[string]string{"paid_orders_fall": "PaidOrdersFall", "ctr": "Ctr", "a__b_": "AB"} {
		if got := AlertName(rule); got != want {
			t.Errorf("%s: got %s, want %s", rule, got, want)
		}
	}
}
