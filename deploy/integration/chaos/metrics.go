package chaos

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/processors/proctest"
)

// Metrics is the oracle of every table in the catalogue: the batch oracle of the crash simulation, run over each
// partition of the real log. A broken rule makes it a control, which must not equal what was stored.
func Metrics(broken proctest.Rule) Oracle { return batchOracle(proctest.Options{Broken: broken}) }

// Corrected is the same once the corrector has run: late events count. Windows of metrics on sessions can only be compared
// where no session is open, or held, at the end of the log.
func Corrected() Oracle { return batchOracle(proctest.Options{Recompute: true}) }

func batchOracle(o proctest.Options) Oracle {
	return func(log []Record) (Tables, error) {
		tables := Tables{}
		defs := make(map[string][]processors.Definition)
		for _, d := range metrics.All().Streams() {
			tables[d.TableName()] = Rows{}
			defs[d.Topic] = append(defs[d.Topic], d)
		}
		for _, records := range byPartition(log) {
			outcome, err := proctest.Batch(defs[records[0].Topic], plainRecords(records), o)
			if err != nil {
				return nil, err
			}
			for _, counted := range outcome.Metrics {
				fill(tables[counted.Spec.TableName()], counted, part(records[0]))
			}
		}
		return tables, nil
	}
}

// MetricsQueries reads the newest version of every row: window start, dimensions and part, then the measures in the form
// that the oracle's cells are written in.
func MetricsQueries() map[string]Query {
	queries := make(map[string]Query)
	for _, d := range metrics.All().Streams() {
		columns := append(append([]string{"toUnixTimestamp64Milli(window_start)"}, d.Dims...), "part")
		keys := len(columns)
		for _, m := range d.Measures {
			columns = append(columns, measureSQL(m))
		}
		queries[d.TableName()] = Query{
			SQL: "SELECT " + strings.Join(columns, ", ") + " FROM " + d.TableName() + " FINAL", Keys: keys,
		}
	}
	return queries
}

// measureSQL writes the mergeable state of a distinct count as what it amounts to; it is exact for so few ids.
func measureSQL(m processors.MeasureSpec) string {
	switch m.Kind {
	case processors.KindMoney:
		return "toInt128(" + m.Name + " * 1000000)"
	case processors.KindUniq:
		return m.Name + ", finalizeAggregation(" + m.Name + "_state)"
	case processors.KindQuantile:
		return "mapSort(" + m.Name + ")"
	case processors.KindLast:
		return m.Name + ", toUnixTimestamp64Milli(" + m.Name + "_at)"
	}
	return m.Name
}

func fill(rows Rows, counted *proctest.Counted, part uint64) {
	for key, row := range counted.Rows {
		columns := append(append([]string{fmt.Sprint(key.Start)}, row.Dims...), fmt.Sprint(part))
		var values []string
		for _, cell := range row.Cells {
			values = append(values, cellTexts(cell)...)
		}
		rows[strings.Join(columns, " ")] = values
	}
}

func cellTexts(c proctest.Cell) []string {
	switch c.Kind {
	case processors.KindMoney:
		return []string{c.Money.String()}
	case processors.KindUniq:
		return []string{fmt.Sprint(c.Int), fmt.Sprint(len(c.IDs))}
	case processors.KindQuantile:
		var buckets []string
		for _, i := range slices.Sorted(maps.Keys(c.Buckets)) {
			buckets = append(buckets, fmt.Sprintf("%d:%d", i, c.Buckets[i]))
		}
		return []string{"{" + strings.Join(buckets, ",") + "}"}
	case processors.KindLast:
		return []string{fmt.Sprint(c.Int), fmt.Sprint(c.At)}
	}
	return []string{fmt.Sprint(c.Int)}
}

// byPartition cuts a log, which is in order, into those of its partitions.
func byPartition(log []Record) [][]Record {
	var all [][]Record
	for first := 0; first < len(log); {
		end := first + 1
		for end < len(log) && log[end].Topic == log[first].Topic && log[end].Partition == log[first].Partition {
			end++
		}
		all = append(all, log[first:end])
		first = end
	}
	return all
}

func plainRecords(records []Record) []processors.Record {
	plain := make([]processors.Record, len(records))
	for i, r := range records {
		plain[i] = processors.Record{Offset: r.Offset, Time: r.Time, Value: r.Value, Heartbeat: r.Heartbeat}
	}
	return plain
}
