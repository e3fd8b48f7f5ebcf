package preview

import (
	"context"
	"slices"
	"time"
)

// variableStep is what the range of a variable's query is rounded to, so that viewers share its options.
const variableStep = time.Minute

// choose works out what every variable holds: what the viewer chose, else the board's default, else all, else the first
// option.
func (s *Server) choose(ctx context.Context, b *board, a *ask) (chosen, error) {
	values := chosen{}
	for i := range b.variables {
		v := &b.variables[i]
		switch given := a.values[v.Name]; {
		case len(given) > 0:
			values[v.Name] = given
		case len(v.Current) > 0:
			values[v.Name] = v.Current
		case v.IncludeAll:
			values[v.Name] = []string{allValue}
		default:
			options, err := s.options(ctx, b, v, a, values)
			if err != nil {
				return nil, err
			}
			values[v.Name] = []string{}
			if len(options) > 0 {
				values[v.Name] = []string{options[0].Value}
			}
		}
	}
	return values, nil
}

// options lists what a variable can hold, given the values of those above it. A query gives the value and, in a second
// column, its text.
func (s *Server) options(ctx context.Context, b *board, v *variable, a *ask, values chosen) ([]Option, error) {
	if v.sql == "" {
		return v.fixed, nil
	}
	e := expander{at: moment{a.shared(variableStep), variableStep}, values: values, options: s.allOptions(ctx, b, a, values)}
	sql, err := e.expand(v.sql)
	if err != nil {
		return nil, err
	}
	r, err := s.cache.get(ctx, sql)
	if err != nil {
		return nil, err
	}
	var out []Option
	for _, row := range r.Rows {
		value, ok := row[0].(string)
		if !ok || slices.ContainsFunc(out, func(o Option) bool { return o.Value == value }) {
			continue
		}
		o := Option{Value: value, Text: value}
		if len(row) > 1 {
			if text, ok := row[1].(string); ok && text != "" {
				o.Text = text
			}
		}
		out = append(out, o)
	}
	return out, nil
}

// allOptions writes out what "all" stands for, where SQL wants every option by name.
func (s *Server) allOptions(ctx context.Context, b *board, a *ask, values chosen) func(string) ([]string, error) {
	return func(name string) ([]string, error) {
		i := slices.IndexFunc(b.variables, func(v variable) bool { return v.Name == name })
		options, err := s.options(ctx, b, &b.variables[i], a, values)
		out := make([]string, len(options))
		for i, o := range options {
			out[i] = o.Value
		}
		return out, err
	}
}
