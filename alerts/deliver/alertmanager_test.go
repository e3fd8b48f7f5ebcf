package deliver

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tidemark/alerts/incident"
)

func manager(t *testing.T, urls ...string) *Alertmanager {
	t.Helper()
	a, err := NewAlertmanager(AlertmanagerConfig{
		URLs: urls, Rules: rules(), Links: Links{Boards: "http://boards.example"}, Now: func() time.Time { return noon },
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestTiersOfAnIncident: which alerts are pushed and when they end, for each way an incident can stand.
func TestTiersOfAnIncident(t *testing.T) {
	later, ended := noon.Add(Lifetime), noon.Add(-time.Minute)
	resolved := view("green", "orange")
	resolved.State, resolved.ResolvedAt = incident.StateResolved, &ended
	stranger := view("orange", "orange")
	stranger.Rule = "consumer_lag"
	for _, tt := range []struct {
		name string
		view incident.View
		want map[string]time.Time // end by tier
	}{
		{"yellow", view("yellow", "yellow"), map[string]time.Time{"yellow": later}},
		{"orange pushes yellow too", view("orange", "orange"), map[string]time.Time{"yellow": later, "orange": later}},
		{"eased to yellow: orange ends, yellow goes on", view("yellow", "orange"), map[string]time.Time{"yellow": later, "orange": noon}},
		{"resolved", resolved, map[string]time.Time{"yellow": ended, "orange": ended}},
		{"came from Alertmanager", stranger, map[string]time.Time{}},
	} {
		s := newServer(t)
		if err := manager(t, s.URL).Refresh(t.Context(), []incident.View{tt.view}, nil); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		got := map[string]time.Time{}
		for _, r := range s.requests() {
			for _, a := range decode[[]alert](t, r.body) {
				got[a.Labels["tier"]] = a.EndsAt
				if !a.StartsAt.Equal(tt.view.OpenedAt) || a.Labels["severity"] != a.Labels["tier"] {
					t.Errorf("%s: starts %v, labels %v", tt.name, a.StartsAt, a.Labels)
				}
			}
		}
		if !maps.EqualFunc(got, tt.want, time.Time.Equal) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestLabelsAndAnnotations(t *testing.T) {
	s := newServer(t)
	if err := manager(t, s.URL+"/prefix/").Refresh(t.Context(), []incident.View{view("yellow", "yellow")}, nil); err != nil {
		t.Fatal(err)
	}
	r := s.requests()[0]
	if r.method != "POST" || r.path != "/prefix/api/v2/alerts" || r.header.Get("Content-Type") != "application/json" {
		t.Errorf("asked %s %s %v", r.method, r.path, r.header)
	}
	a := decode[[]alert](t, r.body)[0]
	if want := map[string]string{
		"alertname": "PaidOrdersFall", "rule": "paid_orders_fall", "series": "chaye", "shop": "chaye", "tier": "yellow", "severity": "yellow", "team": "trade", "metric": "trade",
	}; !maps.Equal(a.Labels, want) {
		t.Errorf("labels %v, want %v", a.Labels, want)
	}
	want := map[string]string{
		"summary": "Paid orders fall: chaye", "summary_zh": "支付订单下跌：chaye", "expected": "41.8", "actual": "3", "samples": "209", "window": "5m",
		"since": "2025-06-15T11:50:00Z", "data": "complete", "basis": "weekly", "owner": "trade", "incident": "paid_orders_fall-1", "incident_url": "http://boards.example/?incident=paid_orders_fall-1&page=alerts",
		"runbook_url":  "https://docs.example/runbooks/paid_orders_fall",
		"board_url":    "http://boards.example/?board=live&from=1749984600000&lang=en&panel=7&to=now&var-shop=chaye",
		"board_url_zh": "http://boards.example/?board=live&from=1749984600000&lang=zh&panel=7&to=now&var-shop=chaye",
	}
	if !maps.Equal(a.Annotations, want) {
		t.Errorf("annotations %v\nwant %v", a.Annotations, want)
	}
}

// TestOtherAnnotations: a share is a percentage, figures that may change say so, and what is not known is left out.
func TestOtherAnnotations(t *testing.T) {
	v := view("yellow", "yellow")
	v.Unit, v.Actual, v.Expected, v.Provisional, v.Runbook = "ratio", 0.01234, 0.05, true, ""
	a := manager(t, "http://127.0.0.1:1").alerts(&v, noon)[0].Annotations
	if a["actual"] != "1.23%" || a["expected"] != "5.00%" || a["data"] != "provisional" {
		t.Errorf("annotations %v", a)
	}
	v.Unit, v.Expected, v.Samples = "", 123456, 98765432
	if a := manager(t, "http://127.0.0.1:1").alerts(&v, noon)[0].Annotations; a["expected"] != "123456" || a["samples"] != "98765432" {
		t.Errorf("a large shop: %v", a)
	}
	v.Basis = ""
	for _, name := range []string{"expected", "actual", "samples", "data"} {
		if text, ok := manager(t, "http://127.0.0.1:1").alerts(&v, noon)[0].Annotations[name]; ok {
			t.Errorf("nothing has been judged, yet %s is %q", name, text)
		}
	}
	if _, ok := a["runbook_url"]; ok {
		t.Error("an empty address of the runbook")
	}
}

// TestInstancesAreIndependent: whatever one of two instances does, the other is told at once, and only where none takes
// it the call fails.
func TestInstancesAreIndependent(t *testing.T) {
	for name, other := range map[string]func(*testing.T) string{"refuses connections": refused, "is stuck": stuck} {
		s := newServer(t)
		a := manager(t, other(t), s.URL)
		hasty(a.instances[0])
		for range 3 {
			if err := a.Refresh(t.Context(), []incident.View{view("yellow", "yellow")}, nil); err != nil {
				t.Errorf("one %s: %v", name, err)
			}
		}
		if n := len(s.requests()); n != 3 {
			t.Errorf("one %s: the other was told %d times, want 3", name, n)
		}
		alone := manager(t, other(t))
		hasty(alone.instances[0])
		if err := alone.Refresh(t.Context(), []incident.View{view("yellow", "yellow")}, nil); err == nil {
			t.Errorf("the only one %s, and nobody is told", name)
		}
	}
}

// TestRefreshIsRepeated: what may pass is tried again, what will not is not.
func TestRefreshIsRepeated(t *testing.T) {
	for _, tt := range []struct {
		statuses []int
		asked    int
		ok       bool
	}{
		{[]int{500}, 2, true},
		{[]int{503, 429}, 3, true},
		{[]int{408}, 2, true},
		{[]int{400}, 1, false},
		{[]int{302}, 1, false}, // no redirect is followed
	} {
		s := newServer(t, tt.statuses...)
		err := manager(t, s.URL).Refresh(t.Context(), []incident.View{view("yellow", "yellow")}, nil)
		if n := len(s.requests()); (err == nil) != tt.ok || n != tt.asked {
			t.Errorf("after %v: asked %d times (%v), want %d", tt.statuses, n, err, tt.asked)
		}
	}
}

// TestAwayInstanceGetsOneAttempt, so that it does not hold up the rest; when it is back it is told everything.
func TestAwayInstanceGetsOneAttempt(t *testing.T) {
	s := newServer(t, 400, 500, 200, 500, 200)
	a := manager(t, s.URL)
	var failed []bool
	for range 4 {
		failed = append(failed, a.Refresh(t.Context(), []incident.View{view("yellow", "yellow")}, nil) != nil)
	}
	if want := []bool{true, true, false, false}; !slices.Equal(failed, want) {
		t.Errorf("failed %v, want %v", failed, want)
	}
	if n := len(s.requests()); n != 5 {
		t.Errorf("asked %d times, want 5: one attempt while away, two when it is not", n)
	}
}

func TestNothingToTell(t *testing.T) {
	s := newServer(t)
	if err := manager(t, s.URL).Refresh(t.Context(), nil, nil); err != nil || len(s.requests()) != 0 {
		t.Errorf("asked %d times (%v)", len(s.requests()), err)
	}
}

func TestWrongAddresses(t *testing.T) {
	for _, address := range []string{"", "localhost:9093", "ftp://x", "http://", "http://secret:\x00@x"} {
		if _, err := NewAlertmanager(AlertmanagerConfig{URLs: []string{address}}); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, err := NewAlertmanager(AlertmanagerConfig{}); err == nil {
		t.Error("no address is accepted")
	}
}

// TestMetrics: two receivers share one counter, with a series for each result from the start.
func TestMetrics(t *testing.T) {
	reg := prometheus.NewRegistry()
	s := newServer(t, 500)
	a, err := NewAlertmanager(AlertmanagerConfig{URLs: []string{s.URL}, Rules: rules(), Registry: reg})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewWebhook(WebhookConfig{Name: "chat", URL: s.URL, Registry: reg}); err != nil {
		t.Fatal(err)
	}
	if err := a.Refresh(t.Context(), []incident.View{view("yellow", "yellow")}, nil); err != nil {
		t.Fatal(err)
	}
	families, err := reg.Gather()
	if err != nil || len(families) != 1 || families[0].GetName() != "tidemark_deliver_requests_total" {
		t.Fatalf("families %v (%v)", families, err)
	}
	got := map[string]float64{}
	for _, m := range families[0].GetMetric() {
		got[m.GetLabel()[0].GetValue()+" "+m.GetLabel()[1].GetValue()] = m.GetCounter().GetValue()
	}
	host := "alertmanager " + strings.TrimPrefix(s.URL, "http://")
	if want := map[string]float64{host + " ok": 1, host + " failed": 1, host + " refused": 0, "chat ok": 0, "chat failed": 0, "chat refused": 0}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
