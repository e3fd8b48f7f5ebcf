package store

import (
	"context"
	"fmt"

	"tidemark/alerts"
	"tidemark/alerts/incident"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// SaveEvents stores what happened to incidents. It may be repeated.
func (s *Store) SaveEvents(ctx context.Context, es []incident.Event) error {
	if len(es) == 0 {
		return nil
	}
	b := columns{rows: len(es)}
	col(&b, "incident", es, func(e *incident.Event) string { return e.Incident })
	col(&b, "id", es, func(e *incident.Event) string { return e.ID })
	col(&b, "at", es, func(e *incident.Event) schemas.Millis { return e.At })
	col(&b, "kind", es, func(e *incident.Event) string { return string(e.Kind) })
	col(&b, "rule", es, func(e *incident.Event) string { return e.Rule })
	col(&b, "series", es, func(e *incident.Event) string { return string(e.Key) })
	col(&b, "shop", es, func(e *incident.Event) string { return e.Key.Shop() })
	col(&b, "team", es, func(e *incident.Event) string { return e.Team })
	col(&b, "tier", es, func(e *incident.Event) string { return e.Tier.String() })
	col(&b, "actor", es, func(e *incident.Event) string { return e.Actor })
	col(&b, "note", es, func(e *incident.Event) string { return e.Note })
	col(&b, "verdict", es, func(e *incident.Event) string { return string(e.Verdict) })
	col(&b, "window_start", es, func(e *incident.Event) schemas.Millis { return e.Start })
	col(&b, "actual", es, func(e *incident.Event) float64 { return e.Actual })
	col(&b, "expected", es, func(e *incident.Event) float64 { return e.Expected })
	col(&b, "samples", es, func(e *incident.Event) float64 { return e.Samples })
	col(&b, "span", es, func(e *incident.Event) int64 { return int64(e.Span) })
	col(&b, "sigma", es, func(e *incident.Event) float64 { return e.Sigma })
	col(&b, "basis", es, func(e *incident.Event) string { return string(e.Basis) })
	col(&b, "open", es, func(e *incident.Event) bool { return e.Open })
	col(&b, "ver", es, func(e *incident.Event) uint64 { return uint64(e.At) })
	return s.insert(ctx, b.block("alert_events"))
}

// eventRow is a row of alert_events.
type eventRow struct {
	Incident string  `ch:"incident"`
	ID       string  `ch:"id"`
	At       int64   `ch:"happened"`
	Kind     string  `ch:"kind"`
	Rule     string  `ch:"rule"`
	Series   string  `ch:"series"`
	Team     string  `ch:"team"`
	Tier     string  `ch:"tier"`
	Actor    string  `ch:"actor"`
	Note     string  `ch:"note"`
	Verdict  string  `ch:"verdict"`
	Start    int64   `ch:"begins"`
	Actual   float64 `ch:"actual"`
	Expected float64 `ch:"expected"`
	Samples  float64 `ch:"samples"`
	Span     int64   `ch:"span"`
	Sigma    float64 `ch:"sigma"`
	Basis    string  `ch:"basis"`
	Open     bool    `ch:"open"`
}

// Events reads all events of the incidents that are active, or that saw an event at or after since.
func (s *Store) Events(ctx context.Context, since schemas.Millis) ([]incident.Event, error) {
	sql := fmt.Sprintf(`SELECT incident, id, toUnixTimestamp64Milli(at) AS happened, kind, rule, series, team, tier, actor, note, verdict,
  toUnixTimestamp64Milli(window_start) AS begins, actual, expected, samples, span, sigma, basis, open
FROM alert_events FINAL
WHERE incident IN (
  SELECT incident FROM alert_events GROUP BY incident
  HAVING max(at) >= %s OR maxIf(at, kind = 'opened') > maxIf(at, kind IN ('resolved', 'reviewed'))
)`, instant(since))
	rows, err := clickhouse.Select[eventRow](ctx, s.sink, sql)
	if err != nil {
		return nil, fmt.Errorf("events of incidents: %w", err)
	}
	out := make([]incident.Event, len(rows))
	for i := range rows {
		if out[i], err = rows[i].event(); err != nil {
			return nil, fmt.Errorf("event %s of incident %s: %w", rows[i].ID, rows[i].Incident, err)
		}
	}
	return out, nil
}

func (r *eventRow) event() (incident.Event, error) {
	tier, err := tierOf(r.Tier)
	return incident.Event{
		Incident: r.Incident, ID: r.ID, At: schemas.Millis(r.At), Kind: incident.Kind(r.Kind), Rule: r.Rule, Key: alerts.Key(r.Series), Team: r.Team,
		Tier: tier, Actor: r.Actor, Note: r.Note, Verdict: incident.Verdict(r.Verdict), Start: schemas.Millis(r.Start), Actual: r.Actual,
		Expected: r.Expected, Samples: r.Samples, Span: int(r.Span), Sigma: r.Sigma, Basis: alerts.Basis(r.Basis), Open: r.Open,
	}, err
}
