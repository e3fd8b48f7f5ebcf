// Package store is the ClickHouse side of alerts: it reads the history that rules are judged by and the events of
// incidents, and writes both readings and events. One query serves all series of a rule, bounded by window_start.
package store

import (
	"context"
	"fmt"
	"strings"

	"tidemark/alerts"
	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// Store reads and writes one database. It is safe for concurrent use.
type Store struct {
	sink  *clickhouse.Sink
	specs map[string]*processors.Spec // by metric
}

// New makes a store for the metrics of a catalogue. The sink stays the caller's to close.
func New(sink *clickhouse.Sink, metrics processors.Catalogue) *Store {
	s := &Store{sink: sink, specs: map[string]*processors.Spec{}}
	for i := range metrics {
		s.specs[metrics[i].Name] = &metrics[i].Spec
	}
	return s
}

func (s *Store) spec(r *alerts.Rule) (*processors.Spec, error) {
	spec := s.specs[r.Metric]
	if spec == nil {
		return nil, fmt.Errorf("rule %s: metric %s is not in the catalogue", r.Name, r.Metric)
	}
	return spec, nil
}

// insert stores one block.
func (s *Store) insert(ctx context.Context, b schemas.Block) error {
	return s.sink.Insert(ctx, []schemas.Block{b})
}

// table finds a table of alerts.
func table(name string) *schemas.Table {
	for _, t := range alerts.Tables() {
		if t.Name == name {
			return t
		}
	}
	return nil // the sink refuses a block without a table
}

// seriesOf is the SQL of a series' key: an alerts.Key.
func seriesOf(r *alerts.Rule) string {
	dims := make([]string, len(r.Dims))
	for i, d := range r.Dims {
		dims[i] = "toString(t.`" + d + "`)"
	}
	return "arrayStringConcat([" + strings.Join(dims, ", ") + "], '/')"
}

// instant is an instant as SQL.
func instant(m schemas.Millis) string {
	return fmt.Sprintf("fromUnixTimestamp64Milli(%d, 'UTC')", int64(m))
}

// begins is the condition on windows of the stretches, none of them empty.
func begins(in []alerts.Stretch) string {
	or := make([]string, len(in))
	for i, st := range in {
		or[i] = fmt.Sprintf("(t.window_start >= %s AND t.window_start < %s)", instant(st.From), instant(st.To))
	}
	return strings.Join(or, " OR ")
}
