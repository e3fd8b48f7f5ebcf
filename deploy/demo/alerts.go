package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tidemark/alerts"
	"tidemark/alerts/deliver"
	"tidemark/alerts/hub"
	"tidemark/alerts/incident"
	"tidemark/alerts/store"
	"tidemark/deploy/wire"
	"tidemark/processors/audit"
	"tidemark/processors/metrics"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// startAlerts runs the alerts; the terminal is one of those who are told.
func (d *demo) startAlerts(ctx context.Context) (err error) {
	all := metrics.All()
	rules := alerts.Rules(all)
	manager, err := wire.Alertmanager(deliver.AlertmanagerConfig{
		URLs: d.Alertmanagers, Rules: rules, Links: deliver.Links{Boards: "http://" + d.page()}, Log: d.Log, Registry: d.registry,
	})
	if err != nil {
		return err
	}
	d.hub, err = hub.New(hub.Config{
		Store: store.New(d.db, all), Rules: rules, Zone: wire.Zones(d.shops.Shops), Runbook: wire.RunbookAt("http://" + d.page()), Alertmanager: manager,
		Receivers: []hub.Receiver{{Name: "terminal", Deliver: d.tell}}, Registry: d.registry, Log: d.Log,
	})
	if err != nil {
		return err
	}
	d.stack.start(ctx, "alerts", d.hub.Run)
	accounts, err := audit.NewWatch(d.db, all, d.Log, d.registry)
	if err != nil {
		return err
	}
	d.stack.start(ctx, "accounts", accounts.Run)
	if d.stage != nil && d.Incident == PaymentOutage {
		d.stack.start(ctx, "incident", func(ctx context.Context) error { return d.stage.byItself(ctx, d.judged) })
	}
	return nil
}

// awayFor is how long a demo may have been stopped before it says what that does to the alerts.
const awayFor = 3 * time.Minute

// sayAway explains alerts that are true and still surprise: nothing was sold while the demo was stopped. It looks before
// the processors read on.
func (d *demo) sayAway(ctx context.Context) error {
	read, err := readUntil(ctx, d.db, fastGroup, schemas.Orders.Topic())
	if away := time.Since(read).Round(time.Minute); read.Unix() > 0 && away > awayFor && away < alerts.SeenWithin {
		d.say(fmt.Sprintf("the demo was stopped for %s: alerts see that as an outage of the shops, and resolve within minutes", strings.TrimSuffix(away.String(), "0s")))
	}
	return err
}

// tell writes each change of an incident as a line.
func (d *demo) tell(_ context.Context, messages []incident.Message) error {
	for i := range messages {
		d.say(newsOf(&messages[i]))
	}
	return nil
}

// newsOf is one change of an incident in a line of the terminal.
func newsOf(m *incident.Message) string {
	figures, _, _ := strings.Cut(m.Text["en"], "\n")
	if m.Kind == incident.Opened || m.Kind == incident.Escalated {
		return m.Subject["en"] + ". " + figures
	}
	return m.Subject["en"]
}

const judgedSQL = `SELECT count() AS n FROM v_alert_readings
WHERE rule = 'paid_orders_fall' AND tier = 'green' AND orange_low IS NOT NULL AND window_start >= now() - INTERVAL 4 MINUTE`

// judged says whether the alerts would see an outage: whether a newest reading of paid orders has limits, and lies
// within them.
func (d *demo) judged(ctx context.Context) bool {
	type row struct {
		N uint64 `ch:"n"`
	}
	rows, err := clickhouse.Select[row](ctx, d.db, judgedSQL)
	return err == nil && len(rows) == 1 && rows[0].N > 0
}
