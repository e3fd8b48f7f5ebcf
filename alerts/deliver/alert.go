package deliver

import (
	"fmt"
	"time"

	"tidemark/alerts"
	"tidemark/alerts/incident"
)

// alert is one alert as Alertmanager's API takes it.
type alert struct {
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     time.Time         `json:"startsAt"`
	EndsAt       time.Time         `json:"endsAt"`
	GeneratorURL string            `json:"generatorURL,omitempty"`
}

// alerts are the incident's tiers. Of an orange one yellow holds too, and Alertmanager mutes it: so the end of orange
// alone leaves a yellow alert that goes on, not a new one. A tier that the incident has left ends.
func (a *Alertmanager) alerts(v *incident.View, now time.Time) []alert {
	if _, known := a.metrics[v.Rule]; !known {
		return nil
	}
	var out []alert
	for _, tier := range []alerts.Tier{alerts.Yellow, alerts.Orange} {
		if rank(v.WorstTier) < tier {
			break
		}
		ends := now.Add(Lifetime)
		switch {
		case v.ResolvedAt != nil:
			ends = *v.ResolvedAt
		case rank(v.Tier) < tier:
			ends = now
		}
		out = append(out, alert{
			Labels: a.labels(v, tier), Annotations: a.annotations(v), StartsAt: v.OpenedAt, EndsAt: ends,
			GeneratorURL: a.conf.Links.Board(v, "en"),
		})
	}
	return out
}

// rank is the tier of that name; green for any other.
func rank(name string) alerts.Tier {
	for _, t := range []alerts.Tier{alerts.Orange, alerts.Yellow} {
		if t.String() == name {
			return t
		}
	}
	return alerts.Green
}

func (a *Alertmanager) labels(v *incident.View, tier alerts.Tier) map[string]string {
	return map[string]string{
		"alertname": AlertName(v.Rule), "rule": v.Rule, "series": v.Series, "shop": v.Shop, "tier": tier.String(),
		"severity": tier.String(), "team": v.Team, "metric": a.metrics[v.Rule],
	}
}

// annotations are what people read. None is empty: Alertmanager drops those anyway.
func (a *Alertmanager) annotations(v *incident.View) map[string]string {
	all := map[string]string{
		"summary": fmt.Sprintf("%s: %s", v.Title["en"], v.Series), "summary_zh": fmt.Sprintf("%s：%s", v.Title["zh"], v.Series),
		"since": v.OpenedAt.UTC().Format(time.RFC3339), "owner": v.Owner, "incident": v.ID, "incident_url": a.conf.Links.Incident(v), "runbook_url": v.Runbook,
		"board_url": a.conf.Links.Board(v, "en"), "board_url_zh": a.conf.Links.Board(v, "zh"),
	}
	if v.Judged() {
		all["expected"], all["actual"] = incident.Figure(v.Expected, v.Unit), incident.Figure(v.Actual, v.Unit)
		all["samples"], all["window"], all["basis"] = incident.Figure(v.Samples, ""), v.Window, v.Basis
		all["data"] = "complete"
		if v.Provisional {
			all["data"] = "provisional"
		}
	}
	for name, text := range all {
		if text == "" {
			delete(all, name)
		}
	}
	return all
}
