package incident

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"tidemark/alerts"
	"tidemark/schemas"
)

func TestView(t *testing.T) {
	b := newBook()
	judge(b, 0, alerts.Orange)
	now := reading(1, alerts.Orange)
	now.SpanActual, now.Open = 12, true
	b.Judge([]alerts.Reading{now}, at(2))
	v := only(t, b)
	opened := at(0) + 90_000
	want := View{
		ID: v.ID, Rule: "paid_orders_fall", Title: map[string]string{"en": "Paid orders fall", "zh": "支付订单下跌"}, Series: "a", Shop: "a", Team: "payments", Owner: "trade",
		State: "open", Tier: "orange", WorstTier: "orange", OpenedAt: opened.Time(), Actual: 12, Expected: 120, Samples: 120, Window: "5m", Sigma: 7,
		Basis: "weekly", Provisional: true, Board: "live", Panel: 7, Runbook: "https://runbooks.example/paid_orders_fall", Events: v.Events,
	}
	if !reflect.DeepEqual(v, want) || len(v.Events) != 1 {
		t.Errorf("view %+v\nwant %+v", v, want)
	}
	if _, ok := b.View("no-such"); ok {
		t.Error("an unknown id has a view")
	}
}

func TestRatioView(t *testing.T) {
	b := newBook()
	r := alerts.Reading{Rule: "ctr_falls", Key: "a/app", Start: at(0), Tier: alerts.Yellow, Span: 60, SpanActual: .01, SpanExpects: .04}
	b.Judge([]alerts.Reading{r}, at(1))
	if v := only(t, b); v.Unit != "ratio" || v.Window != "1h" || v.Shop != "a" || v.Series != "a/app" {
		t.Errorf("view %+v", v)
	}
}

func TestViewsAreNewestFirstAndLimited(t *testing.T) {
	b := newBook()
	for i, shop := range []alerts.Key{"a", "b", "c"} {
		r := reading(i, alerts.Yellow)
		r.Key = shop
		b.Judge([]alerts.Reading{r}, at(i+1))
	}
	judge(b, 3, alerts.Green)
	shops := func(vs []View) string {
		var out []string
		for _, v := range vs {
			out = append(out, v.Shop)
		}
		return strings.Join(out, "")
	}
	for want, vs := range map[string][]View{"cba": b.Views(false, 0), "cb": b.Views(true, 0), "c": b.Views(true, 1), "a": b.ResolvedSince(at(4))} {
		if got := shops(vs); got != want {
			t.Errorf("shops %s, want %s", got, want)
		}
	}
	if vs := newBook().Views(true, 0); vs == nil {
		t.Error("no incidents are null, not an empty list")
	}
	if vs := b.ResolvedSince(at(5)); len(vs) != 0 {
		t.Errorf("resolved since later: %v", vs)
	}
}

func TestReports(t *testing.T) {
	b := newBook()
	for i, verdict := range []Verdict{Real, Real, FalseAlarm, Expected, ""} {
		r := reading(i, alerts.Yellow)
		r.Key = alerts.Key(fmt.Sprint("shop", i))
		if i == 0 {
			r.Tier = alerts.Orange
		}
		e := b.Judge([]alerts.Reading{r}, at(i))[0]
		if verdict == "" {
			continue
		}
		mustDo(t, b, e.Incident, Acknowledged, Action{Actor: "Li Lei"}, at(i)+schemas.Millis(10_000*(i+1)))
		mustDo(t, b, e.Incident, Resolved, Action{Actor: "Li Lei"}, at(i+1))
		mustDo(t, b, e.Incident, Reviewed, Action{Actor: "Li Lei", Verdict: verdict}, at(i+2))
	}
	b.Raise([]Alert{{Source: Manager, Rule: "Lag", Key: "x", Tier: alerts.Yellow, Firing: true, Start: at(0), Fingerprint: "f"}}, at(1))
	reports := b.Reports()
	if len(reports) != 3 || reports[1].Rule != "ctr_falls" || reports[1].Incidents != 0 || reports[1].Precision != nil || reports[2].Rule != "Lag" || reports[2].Incidents != 1 {
		t.Fatalf("reports %+v", reports)
	}
	r := reports[0]
	if r.Incidents != 5 || r.Orange != 1 || r.Reviewed != 4 || r.Real != 2 || r.FalseAlarms != 1 || r.Expected != 1 {
		t.Errorf("report %+v", r)
	}
	if *r.Precision != 2.0/3 || *r.MeanSecondsToAcknowledge != 25 {
		t.Errorf("precision %v, seconds to acknowledge %v", *r.Precision, *r.MeanSecondsToAcknowledge)
	}
}

func TestShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		5 * time.Minute: "5m", 10 * time.Second: "10s", time.Hour: "1h", 90 * time.Minute: "1h30m", 10 * time.Minute: "10m", 90 * time.Second: "1m30s", 10 * time.Hour: "10h",
	} {
		if got := short(d); got != want {
			t.Errorf("%v is %s, want %s", d, got, want)
		}
	}
}
