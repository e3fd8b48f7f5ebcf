package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"tidemark/alerts"
	"tidemark/processors"
)

// alertTestCmd judges a series from a file, to try the detector out on any data.
type alertTestCmd struct {
	Series    string `required:"" placeholder:"FILE" help:"CSV file with one point per line: a time and a number. - reads standard input."`
	Timestamp string `placeholder:"COLUMN" help:"Column of the time, by name or number from 1; unset: the one that is named like one, or the first."`
	Value     string `placeholder:"COLUMN" help:"Column of the number, by name or number from 1; unset: the one that is named value, or the first other."`
	Direction string `enum:"moves,falls,rises" default:"moves" help:"Which change is bad: ${enum}."`
	Kind      string `enum:"auto,count,value" default:"auto" help:"What the numbers are: ${enum}; auto is count as long as all are whole and none is negative."`
	Zone      string `default:"UTC" help:"Time zone of the series' days and weeks, and of times that name none."`
	Out       string `enum:"csv,table" default:"csv" help:"How to print: ${enum}."`
}

// Run prints one line per point and logs a summary. Each point is judged only from those before it.
func (c alertTestCmd) Run(log zerolog.Logger, out output) error {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return usagef("--zone: %w; name one like Europe/Berlin", err)
	}
	points, err := readSeries(c.Series, c.Timestamp, c.Value, zone)
	if err != nil {
		return err
	}
	interval, err := intervalOf(points.rows)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Series, err)
	}
	w := bufio.NewWriter(out)
	tiers, opened := c.judge(w, points.rows, interval, zone)
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	log.Info().Str("time_column", points.timeColumn).Str("value_column", points.valueColumn).Int("points", len(points.rows)).Int("without_value", points.empty).Int("out_of_order", points.backwards).
		Str("interval", interval.String()).Int("green", tiers[alerts.Green]).Int("yellow", tiers[alerts.Yellow]).Int("orange", tiers[alerts.Orange]).
		Int("alerts", opened).Msg("judged")
	return nil
}

// judge prints the points and counts them by tier, and how often an alert began.
func (c alertTestCmd) judge(w io.Writer, rows []seriesRow, interval time.Duration, zone *time.Location) (tiers [3]int, opened int) {
	yellow, orange := processors.Usual()
	stream := alerts.NewStream(alerts.StreamConfig{
		Interval: interval, Zone: zone, Kind: alerts.StreamKind(c.Kind), Yellow: yellow, Orange: orange,
		Direction: map[string]processors.Direction{"moves": processors.Moves, "falls": processors.Falls, "rises": processors.Rises}[c.Direction],
	})
	line := csvLine
	if c.Out == "table" {
		line = tableLine
	}
	line.head(w)
	last := alerts.Green
	for _, p := range rows {
		r := stream.Next(p.at, p.value)
		line.point(w, p.text, &r)
		tiers[r.Tier]++
		if r.Tier != alerts.Green && last == alerts.Green {
			opened++
		}
		last = r.Tier
	}
	return tiers, opened
}

// longestInterval is the most between two points: times farther apart are most likely no times.
const longestInterval = 366 * 24 * time.Hour

// intervalOf is the usual time from one point to the next.
func intervalOf(rows []seriesRow) (time.Duration, error) {
	var steps []int64
	for i := 1; i < len(rows); i++ {
		if d := int64(rows[i].at - rows[i-1].at); d > 0 {
			steps = append(steps, d)
		}
	}
	switch {
	case len(rows) == 1:
		return 0, errors.New("one point, but at least two are needed to know the time between them")
	case len(steps) == 0:
		return 0, fmt.Errorf("none of %d points is later than the one before; sort them by time, oldest first, or name another column with --timestamp", len(rows))
	}
	slices.Sort(steps)
	usual := time.Duration(min(steps[len(steps)/2], longestInterval.Milliseconds()+1)) * time.Millisecond
	if usual > longestInterval {
		return 0, errors.New("the points are more than a year apart; name another column with --timestamp")
	}
	return usual, nil
}
