package preview

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
)

// mostRows is how many rows a panel's query may return.
const mostRows = 100_000

// drawing is one panel on the way from its queries to what the browser draws.
type drawing struct {
	*panel
	at     moment
	w      writer
	values chosen
}

// draw fills in the panel's part of the data.
func (s *Server) draw(ctx context.Context, b *board, p *panel, a *ask) (Data, error) {
	data := Data{ID: p.ID, From: a.From.UnixMilli(), To: a.To.UnixMilli()}
	d := drawing{panel: p, w: writer{lang: b.Lang, zone: a.zone, now: s.now()}}
	if len(p.queries) == 0 { // text and rows
		data.Text = p.options.text
		return data, nil
	}
	var err error
	if d.values, err = s.choose(ctx, b, a); err != nil {
		return Data{}, err
	}
	interval := intervalOf(a.To.Sub(a.From), pointsFor(a.width, p.most), p.least)
	d.at = moment{a.shared(d.rounding(interval)), interval}
	frames, err := s.frames(ctx, d, s.allOptions(ctx, b, a, d.values))
	if err != nil {
		return Data{}, err
	}
	d.fill(&data, frames)
	return data, nil
}

// rounding is what the panel's range is rounded to. Only lines need whole intervals of their own: figures over the whole
// range must agree between panels of any width.
func (d drawing) rounding(interval time.Duration) time.Duration {
	if d.Type == "timeseries" {
		return interval
	}
	return time.Minute
}

// fill draws the frames as the panel's type does.
func (d drawing) fill(data *Data, frames []frame) {
	empty := false
	switch d.Type {
	case "timeseries":
		data.Series = d.series(frames)
		data.Thresholds = d.config.absolute()
		empty = len(data.Series) == 0
	case "stat", "gauge":
		data.Stats = d.stats(frames)
		empty = len(data.Stats) == 0
		if d.Type == "gauge" {
			data.Thresholds = d.config.absolute()
		}
	case "bars", "funnel":
		data.Bars = d.bars(frames)
		empty = len(data.Bars) == 0
	case "table", "alerts":
		data.Table = d.table(frames[0])
		empty = len(data.Table.Rows) == 0
	}
	if empty {
		data.Message = d.nothing()
	}
}

// nothing says in the board's language that there is nothing to draw.
func (d drawing) nothing() string {
	zh := d.w.lang == "zh"
	switch {
	case d.config.noValue != "":
		return d.config.noValue
	case d.Type == "alerts" && zh:
		return "没有未结束的预警"
	case d.Type == "alerts":
		return "No open alerts"
	case zh:
		return "所选时间范围内暂无完整数据"
	}
	return "No complete data in this range yet"
}

// frames runs the panel's queries side by side.
func (s *Server) frames(ctx context.Context, d drawing, all func(string) ([]string, error)) ([]frame, error) {
	out := make([]frame, len(d.queries))
	g, ctx := errgroup.WithContext(ctx)
	for i, q := range d.queries {
		g.Go(func() error {
			e := expander{at: d.at, values: d.values, options: all}
			sql, err := e.expand(q.sql)
			if err != nil {
				return err
			}
			r, err := s.cache.get(ctx, sql)
			if err != nil {
				return err
			}
			if len(r.Rows) > mostRows {
				return fmt.Errorf("query %s returned %d rows, more than can be drawn", q.ref, len(r.Rows))
			}
			f := newFrame(q.ref, r)
			if q.series {
				if f, err = wide(f); err != nil {
					return fmt.Errorf("query %s: %w", q.ref, err)
				}
			}
			for _, step := range d.steps {
				f = step(f)
			}
			out[i] = f
			return nil
		})
	}
	return out, g.Wait()
}
