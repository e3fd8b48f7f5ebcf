package alerts

import "tidemark/schemas"

var readingsTable = schemas.Table{
	Name: "alert_readings", Doc: "What the evaluator found for each window: expected value, limits, deviation and tier.",
	Engine: "ReplacingMergeTree(ver)", Partition: "toYYYYMM(window_start)", OrderBy: []string{"rule", "series", "window_start"},
	TTL: "toDateTime(window_start) + INTERVAL 1 YEAR",
	Columns: []schemas.Column{
		{Name: "window_start", Type: "DateTime64(3, 'UTC')", Doc: "Start of the window."},
		{Name: "rule", Type: "LowCardinality(String)", Doc: "Alert of the catalogue."},
		{Name: "series", Type: "String", Doc: "Values of the rule's dimensions, joined by a slash."},
		{Name: "shop", Type: "LowCardinality(String)", Doc: "Shop."},
		{Name: "actual", Type: "Float64", Doc: "The figure in this window; NaN without samples."},
		{Name: "samples", Type: "Float64", Doc: "Samples behind the judgement: the expected count, or the denominator, of the deciding span."},
		{Name: "expected", Type: "Float64", Doc: "What was expected of this window; NaN where nothing is known yet but a fixed bound."},
		{Name: "yellow_low", Type: "Float64", Doc: "Yellow begins at or below it, by the figure over the rule's shortest span and with all guards; NaN for none."},
		{Name: "yellow_high", Type: "Float64", Doc: "Yellow begins at or above it, by the figure over the rule's shortest span and with all guards; NaN for none."},
		{Name: "orange_low", Type: "Float64", Doc: "Orange begins at or below it, by the figure over the rule's shortest span and with all guards; NaN for none."},
		{Name: "orange_high", Type: "Float64", Doc: "Orange begins at or above it, by the figure over the rule's shortest span and with all guards; NaN for none."},
		{Name: "sigma", Type: "Float64", Doc: "Deviation in the bad direction in standard deviations: 0 with too few samples, held below the trigger of yellow while the change is smaller than the guards ask for; by fixed bounds, their place on that scale."},
		{Name: "score", Type: "Float64", Doc: "sigma on a scale from 0 to 1; 0.5 is where yellow begins."},
		{Name: "span", Type: "Int64", Doc: "Windows of the deciding span, which ends with this window."},
		{Name: "span_actual", Type: "Float64", Doc: "The figure over the deciding span."},
		{Name: "span_expected", Type: "Float64", Doc: "What was expected of it."},
		{Name: "tier", Type: "LowCardinality(String)", Doc: "green, yellow or orange, after trigger and recovery."},
		{Name: "basis", Type: "LowCardinality(String)", Doc: "weekly: this hour of past weeks. cold: fixed bounds."},
		{Name: "open", Type: "Bool", Doc: "Judged on a window that was not complete: provisional."},
		{Name: "ver", Type: "UInt64", Doc: "When it was judged, in ms."},
	},
}

var eventsTable = schemas.Table{
	Name: "alert_events", Doc: "What happened to incidents, append-only: the newest state is the last event.",
	Engine: "ReplacingMergeTree(ver)", OrderBy: []string{"incident", "id"},
	Columns: []schemas.Column{
		{Name: "incident", Type: "String", Doc: "Rule, series and first window of the incident."},
		{Name: "id", Type: "String", Doc: "Identity of the event within the incident: writing it again changes nothing."},
		{Name: "at", Type: "DateTime64(3, 'UTC')", Doc: "When it happened."},
		{Name: "kind", Type: "LowCardinality(String)", Doc: "opened, escalated, eased, acknowledged, handling, resolved, reviewed, noted, or delivered."},
		{Name: "rule", Type: "LowCardinality(String)", Doc: "Alert of the catalogue."},
		{Name: "series", Type: "String", Doc: "Values of the rule's dimensions."},
		{Name: "shop", Type: "LowCardinality(String)", Doc: "Shop."},
		{Name: "team", Type: "LowCardinality(String)", Doc: "Who is told."},
		{Name: "tier", Type: "LowCardinality(String)", Doc: "Tier after the event."},
		{Name: "actor", Type: "String", Doc: "Who did it; evaluator for the program itself."},
		{Name: "note", Type: "String", Doc: "Free text of the actor."},
		{Name: "verdict", Type: "LowCardinality(String)", Doc: "Of a review: real, false_alarm or expected."},
		{Name: "window_start", Type: "DateTime64(3, 'UTC')", Doc: "Window of the reading that caused it."},
		{Name: "actual", Type: "Float64", Doc: "The figure over the deciding span."},
		{Name: "expected", Type: "Float64", Doc: "What was expected of it."},
		{Name: "samples", Type: "Float64", Doc: "Samples behind it."},
		{Name: "span", Type: "Int64", Doc: "Windows of the deciding span."},
		{Name: "sigma", Type: "Float64", Doc: "Deviation in standard deviations."},
		{Name: "basis", Type: "LowCardinality(String)", Doc: "weekly or cold."},
		{Name: "open", Type: "Bool", Doc: "Provisional reading."},
		{Name: "ver", Type: "UInt64", Doc: "When it was written, in ms."},
	},
}

// Tables are the tables of readings and incidents.
func Tables() []*schemas.Table {
	r, e := readingsTable, eventsTable
	return []*schemas.Table{&r, &e}
}

// Views make the tables readable: newest rows only, no NaN, one row per incident, one per rule.
func Views() []schemas.View {
	return []schemas.View{readingsView(), incidentsView(), precisionView()}
}

func readingsView() schemas.View {
	limit := func(name string) string { return "if(isNaN(r." + name + "), NULL, r." + name + ") AS " + name }
	return schemas.View{
		Name: "v_alert_readings", Doc: "What the evaluator found for each window, the newest judgement of each.",
		SQL: "SELECT window_start, rule, series, shop, " + limit("actual") + ", samples, " + limit("expected") + ", " + limit("yellow_low") + ", " + limit("yellow_high") + ", " +
			limit("orange_low") + ", " + limit("orange_high") + ", sigma, score, span, span_actual, span_expected, tier, basis, open\nFROM alert_readings AS r FINAL",
	}
}

func incidentsView() schemas.View {
	return schemas.View{
		Name: "v_incidents", Doc: "One row per incident. Times that have not come yet are NULL; state is open, acknowledged, handling, resolved or reviewed. cleared is when a person last resolved it: what was acknowledged before does not count any more.",
		SQL: `SELECT incident, any(rule) AS rule, any(series) AS series, any(shop) AS shop, any(team) AS team,
  minIf(e.at, kind = 'opened') AS opened_at,
  argMaxIf(e.tier, e.at, kind IN ('opened', 'escalated', 'eased', 'resolved')) AS tier,
  if(countIf(e.tier = 'orange') > 0, 'orange', 'yellow') AS worst_tier,
  minOrNullIf(e.at, kind = 'acknowledged') AS acknowledged_at,
  argMinIf(e.actor, e.at, kind = 'acknowledged') AS acknowledged_by,
  if(maxIf(e.at, kind = 'resolved') > maxIf(e.at, kind = 'opened'), maxOrNullIf(e.at, kind = 'resolved'), NULL) AS resolved_at,
  maxIf(e.at, kind = 'resolved' AND e.actor NOT IN ('evaluator', 'grafana', 'alertmanager')) AS cleared,
  argMaxIf(e.verdict, e.at, kind = 'reviewed') AS verdict,
  multiIf(countIf(kind = 'reviewed') > 0, 'reviewed', resolved_at IS NOT NULL, 'resolved', maxIf(e.at, kind = 'handling') > cleared, 'handling', maxIf(e.at, kind = 'acknowledged') > cleared, 'acknowledged', 'open') AS state,
  argMaxIf(e.actual, e.at, kind IN ('opened', 'escalated', 'eased')) AS actual,
  argMaxIf(e.expected, e.at, kind IN ('opened', 'escalated', 'eased')) AS expected,
  argMaxIf(e.samples, e.at, kind IN ('opened', 'escalated', 'eased')) AS samples,
  dateDiff('second', opened_at, acknowledged_at) AS seconds_to_acknowledge,
  dateDiff('second', opened_at, resolved_at) AS seconds_to_resolve
FROM alert_events AS e FINAL
GROUP BY incident
HAVING countIf(kind = 'opened') > 0`,
	}
}

func precisionView() schemas.View {
	return schemas.View{
		Name: "v_alert_precision", Doc: "Per rule: incidents, time to acknowledge, and precision = share of real ones among those reviewed as real or false alarm.",
		SQL: `SELECT rule, count() AS incidents, countIf(worst_tier = 'orange') AS orange, avg(seconds_to_acknowledge) AS mean_seconds_to_acknowledge,
  countIf(state = 'reviewed') AS reviewed, countIf(verdict = 'real') AS real, countIf(verdict = 'false_alarm') AS false_alarms, countIf(verdict = 'expected') AS expected,
  real / nullIf(real + false_alarms, 0) AS precision
FROM v_incidents
GROUP BY rule`,
	}
}
