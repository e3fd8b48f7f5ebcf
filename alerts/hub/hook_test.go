package hub

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tidemark/alerts"
	"tidemark/alerts/incident"
)

// grafana is the webhook of Grafana's rule for a tier of paid_orders_fall, as Grafana sends it.
func grafana(status, tier string, start time.Time) string {
	return fmt.Sprintf(`{"receiver":"tidemark","status":%[1]q,"alerts":[{"status":%[1]q,"labels":{"alertname":"PaidOrdersFall","grafana_folder":"tidemark",
"rule":"paid_orders_fall","series":"chaye","shop":"chaye","tier":%[2]q,"severity":%[2]q,"team":"trade"},"annotations":{"summary":"Paid orders fall: chaye"},
"startsAt":%[3]q,"endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://g/alerting/1","fingerprint":"f-%[2]s","silenceURL":"http://g/s","dashboardURL":"http://g/d",
"panelURL":"","values":{"B":7.2,"C":1},"valueString":"[ var='B' ]","orgId":1}],"groupLabels":{"rule":"paid_orders_fall"},"commonLabels":{},"commonAnnotations":{},
"externalURL":"http://g/","version":"1","groupKey":"{}:{}","truncatedAlerts":0,"orgId":1,"title":"[FIRING:1]","state":"alerting","message":"text"}`,
		status, tier, start.UTC().Format(time.RFC3339Nano))
}

func hookCall(t *testing.T, h *Hub, source, body string) (int, map[string]any) {
	t.Helper()
	return call(t, h, "POST", "/api/hooks/"+source, body, "Authorization", "Bearer secret")
}

func TestGrafanaRaises(t *testing.T) {
	p := newPlant(t)
	p.outage()
	chat := &inbox{}
	h := started(t, p.hub(engine, func(c *Config) {
		to(chat)(c)
		c.Raise = RaiseGrafana
	}))
	for i := 60; i <= 66; i++ {
		p.step(h, i)
	}
	if n := p.readings(); n == 0 || len(h.book.Views(false, 0)) != 0 {
		t.Fatalf("%d readings, incidents %+v: want readings only", n, h.book.Views(false, 0))
	}
	yellow, orange := p.at(61).Time(), p.at(65).Time()
	for i, m := range []struct {
		body string
		want float64
	}{
		{grafana("firing", "yellow", yellow), 1}, {grafana("firing", "yellow", yellow), 0}, {grafana("firing", "orange", orange), 1},
		{grafana("resolved", "orange", orange), 1}, {grafana("resolved", "yellow", yellow), 1}, {grafana("resolved", "yellow", yellow), 0},
	} {
		if code, got := hookCall(t, h, "grafana", m.body); code != 200 || got["events"] != m.want {
			t.Errorf("message %d: %d %v, want %v events", i, code, got, m.want)
		}
		if i == 2 {
			v := h.book.Views(true, 0)[0]
			if v.Expected != 20 || v.Actual != 0 || v.Window != "1m" || v.Tier != "orange" {
				t.Errorf("the incident is without the evaluator's figures: %+v", v)
			}
		}
		h = started(t, p.hub(engine, func(c *Config) { // each message finds a new process
			to(chat)(c)
			c.Raise = RaiseGrafana
		}))
		if i == 1 { // which has evaluated
			p.step(h, 67)
		}
	}
	if err := pump(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	if s := chat.kinds(); s != "opened yellow, escalated orange, eased yellow, resolved green" {
		t.Errorf("messages %s", s)
	}
}

// Where tidemark raises, its own alerts come back from Alertmanager and count for nothing; those of the pipeline stand in
// the list.
func TestAlertmanagerHook(t *testing.T) {
	h, _ := withIncident(t)
	body := `{"version":"4","status":"firing","notification_reason":"new","routeLabels":{"a":1},"alerts":[
{"status":"firing","labels":{"alertname":"PaidOrdersFall","rule":"paid_orders_fall","series":"z","tier":"orange"},"startsAt":"2026-01-01T00:00:00Z","fingerprint":"a"},
{"status":"firing","labels":{"alertname":"ConsumerLag","rule":"consumer_lag","series":"tidemark-fast","tier":"yellow","team":"platform"},"annotations":{"summary":"Lag grows"},"startsAt":"2026-01-01T00:00:00.5+08:00","fingerprint":"b"},
{"status":"firing","labels":{"alertname":"DiskFull","severity":"critical","instance":"host:9100","odd":7},"annotations":null,"startsAt":"2026-01-01T00:00:00Z","fingerprint":"c"},
{"status":"firing","labels":{"alertname":"NoTime"},"startsAt":12},{"status":"odd","labels":{"alertname":"X"},"startsAt":"2026-01-01T00:00:00Z"},{"labels":[]}]}`
	for _, want := range []float64{2, 0} {
		if code, got := hookCall(t, h, "alertmanager", body); code != 200 || got["events"] != want {
			t.Errorf("%d %v, want %v events", code, got, want)
		}
	}
	found := map[string]string{}
	for _, v := range h.book.Views(true, 0) {
		found[v.Rule] = fmt.Sprint(v.Series, " ", v.Tier, " ", v.Team)
	}
	if found["consumer_lag"] != "tidemark-fast yellow platform" || found["DiskFull"] != "host:9100/c orange " || len(found) != 3 {
		t.Errorf("incidents %v", found)
	}
	for outcome, want := range map[string]float64{"taken": 4, "own": 2, "unreadable": 6} {
		if n := gauge(t, h, "tidemark_alerts_hook_alerts_total", outcome, "alertmanager"); n != want {
			t.Errorf("%v alerts %s, want %v", n, outcome, want)
		}
	}
}

func TestHookRefusals(t *testing.T) {
	h, _ := withIncident(t)
	body := grafana("firing", "orange", time.Now())
	for _, tt := range []struct {
		path, token, body string
		code              int
	}{
		{"/api/hooks/grafana", "", body, 401},
		{"/api/hooks/grafana", "Bearer wrong", body, 401},
		{"/api/hooks/grafana", "Basic secret", body, 401},
		{"/api/hooks/grafana", "Bearer ", body, 401},
		{"/api/hooks/pagerduty", "Bearer secret", body, 404},
		{"/api/hooks/grafana", "Bearer secret", "{", 400},
		{"/api/hooks/grafana", "Bearer secret", `{"alerts":` + strings.Repeat(" ", maxHook) + `[]}`, 413},
	} {
		if code, got := call(t, h, "POST", tt.path, tt.body, "Authorization", tt.token); code != tt.code || got["error"] == nil {
			t.Errorf("%s with %q: %d %v, want %d", tt.path, tt.token, code, got, tt.code)
		}
	}
	h.conf.HookToken = ""
	if code, _ := call(t, h, "POST", "/api/hooks/grafana", body, "Authorization", "Bearer "); code != 401 {
		t.Errorf("without a token of its own the hook is open: %d", code)
	}
	h.conf.HookToken, h.loaded = "secret", false
	if code, _ := hookCall(t, h, "grafana", body); code != 503 {
		t.Errorf("before anything was read: %d, want one that is sent again", code)
	}
}

// A message that cannot be stored is answered so that it comes again, and is told all the same.
func TestHookWhileClickHouseIsAway(t *testing.T) {
	p := newPlant(t)
	way, chat := newFront(t), &inbox{}
	h := started(t, p.hub(way.addr, func(c *Config) {
		to(chat)(c)
		c.Raise = RaiseGrafana
	}))
	way.away.Store(true)
	body := grafana("firing", "orange", p.at(0).Time())
	if code, _ := hookCall(t, h, "grafana", body); code != 503 || len(h.owed("chat")) != 1 {
		t.Errorf("%d, owed %v", code, h.owed("chat"))
	}
	way.away.Store(false)
	if code, got := hookCall(t, h, "grafana", body); code != 200 || got["events"] != 0.0 || len(p.stored()) != 1 {
		t.Errorf("%d %v, stored %v", code, got, p.stored())
	}
}

// Two disks of one machine have one rule and one instance: each is an incident of its own.
func TestAlertsWithoutSeries(t *testing.T) {
	h, _ := withIncident(t)
	disk := func(status, mount string) string {
		return fmt.Sprintf(`{"alerts":[{"status":%q,"labels":{"alertname":"DiskFull","instance":"host:9100","mountpoint":%q},"startsAt":"2026-01-01T00:00:00Z","endsAt":"2026-01-01T00:05:00Z"}]}`, status, mount)
	}
	for i, body := range []string{disk("firing", "/"), disk("firing", "/data"), disk("resolved", "/")} {
		if code, got := hookCall(t, h, "alertmanager", body); code != 200 || got["events"] != 1.0 {
			t.Errorf("message %d: %d %v", i, code, got)
		}
	}
	states := map[string]int{}
	for _, v := range h.book.Views(false, 0) {
		if v.Rule == "DiskFull" {
			states[v.State]++
		}
	}
	if states["open"] != 1 || states["resolved"] != 1 {
		t.Errorf("states %v, want one that goes on", states)
	}
}

func TestLabelsOfOthers(t *testing.T) {
	long := strings.Repeat("点", 100)
	a := hookAlert{Status: "firing", StartsAt: 1, Labels: textMap{"alertname": long, "severity": "PAGE"}}
	got, ok := a.alert(incident.Manager)
	if !ok || len(got.Rule) > 200 || got.Tier != alerts.Orange || got.Fingerprint == "" || string(got.Key) != got.Fingerprint {
		t.Errorf("alert %+v", got)
	}
	b := a
	b.Labels = textMap{"alertname": long, "severity": "warning"}
	if other, _ := b.alert(incident.Manager); other.Fingerprint == got.Fingerprint || other.Tier != alerts.Yellow {
		t.Errorf("two sets of labels have one fingerprint, or tier %v is not yellow", other.Tier)
	}
}
