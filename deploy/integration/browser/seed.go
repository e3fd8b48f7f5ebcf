package browser

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"
)

// Statements for ClickHouse, with places to fill.
var (
	//go:embed history.sql
	history string
	//go:embed alerts.sql
	alerts string
)

// Seed gives the demo a past: rows of every metric from so long ago until now, as dense as the simulator at that speed
// makes them, and incidents. Sessions close half an hour after their last event, so those of the demo itself are not to
// be waited for. The demo must run with --no-simulator; it knows of all this once it has been started again.
func (d *Demo) Seed(ctx context.Context, past time.Duration, speed float64, now time.Time) error {
	to := now.Truncate(time.Minute)
	fill := strings.NewReplacer(
		"{from}", fmt.Sprint(to.Add(-past).Unix()), "{to}", fmt.Sprint(to.Unix()), "{now}", fmt.Sprint(now.Unix()), "{speed}", fmt.Sprint(speed))
	if err := d.script(ctx, fill.Replace(history+alerts)); err != nil {
		return err
	}
	return d.tellTruth(ctx, now)
}

// script runs statements that end with a semicolon at the end of a line.
func (d *Demo) script(ctx context.Context, sql string) error {
	for _, statement := range strings.Split(sql, ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if err := d.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
