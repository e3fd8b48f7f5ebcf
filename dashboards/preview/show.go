package preview

import (
	"context"
	"time"
)

// variables are the board's choices with their options and what is chosen.
func (s *Server) variables(ctx context.Context, b *board, a *ask) ([]Variable, error) {
	values, err := s.choose(ctx, b, a)
	if err != nil {
		return nil, err
	}
	out := make([]Variable, len(b.variables))
	for i := range b.variables {
		v := &b.variables[i]
		out[i] = v.Variable
		out[i].Current = values[v.Name]
		if out[i].Options, err = s.options(ctx, b, v, a, values); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// annotations are the marks of every query for them, each row one.
func (s *Server) annotations(ctx context.Context, b *board, a *ask) ([]Annotation, error) {
	values, err := s.choose(ctx, b, a)
	if err != nil {
		return nil, err
	}
	interval := intervalOf(a.To.Sub(a.From), usualPoints, time.Minute)
	e := expander{at: moment{a.shared(interval), interval}, values: values, options: s.allOptions(ctx, b, a, values)}
	out := []Annotation{}
	for _, m := range b.marks {
		sql, err := e.expand(m.sql)
		if err != nil {
			return nil, err
		}
		r, err := s.cache.get(ctx, sql)
		if err != nil {
			return nil, err
		}
		f := newFrame("", r)
		for row := range f.rows() {
			if at, ok := f.at("time", row).(time.Time); ok {
				out = append(out, m.annotation(f, row, at))
			}
		}
	}
	return out, nil
}

// annotation reads the columns that Grafana knows by their names.
func (m *mark) annotation(f frame, row int, at time.Time) Annotation {
	out := Annotation{Time: at.UnixMilli(), Title: m.name, Color: m.color}
	if end, ok := f.at("timeEnd", row).(time.Time); ok && end.After(at) {
		out.End = end.UnixMilli()
	}
	if title, ok := f.at("title", row).(string); ok && title != "" {
		out.Title = title
	}
	out.Text, _ = f.at("text", row).(string)
	return out
}
