package chaos

import (
	"context"
	"fmt"

	"tidemark/deploy/integration/rig"
	"tidemark/processors/proctest"
	"tidemark/schemas"
)

// judge holds everything that is stored to everything that was sent, and puts the figures into the result. It returns
// the first differences. An error is one of the check, not a mismatch.
func judge(ctx context.Context, ch rig.ClickHouse, log []Record, ledger *Ledger, c Cell, out *Result) ([]string, error) {
	out.Records, out.Events = len(log), ledger.Events()
	broken := c.Broken
	var lines []string
	for _, opinion := range []struct {
		queries  map[string]Query
		oracle   Oracle
		controls []Oracle
	}{
		{MetricsQueries(), Metrics(proctest.NoneBroken), []Oracle{Metrics(proctest.NothingIsDuplicate), Metrics(proctest.SessionsByArrival)}},
		{PlainQueries(), Plain(true), []Oracle{Plain(false)}},
		{RawQueries(), Raw(true), []Oracle{Raw(false)}},
	} {
		got, err := read(ctx, ch, opinion.queries)
		if err != nil {
			return nil, err
		}
		more, err := hold(got, log, opinion.oracle, opinion.controls, c.Now, out)
		if err != nil {
			return nil, err
		}
		lines = append(lines, more...)
		if len(broken) == 0 {
			continue
		}
		for _, rule := range broken {
			wrong, err := Metrics(rule)(log)
			if err != nil {
				return nil, err
			}
			if _, rows := Diff(got, wrong, 0); rows == 0 {
				lines = append(lines, fmt.Sprintf("the oracle with rule %d broken does not differ: the load does not reach it", rule))
			}
		}
		broken = nil // the metrics come first, and only they have rules
	}
	lost, err := account(ctx, ch, ledger, out)
	return append(lines, lost...), err
}

func read(ctx context.Context, ch rig.ClickHouse, queries map[string]Query) (Tables, error) {
	got := Tables{}
	for name, query := range queries {
		rows, err := ch.Table(ctx, query.SQL, query.Keys)
		if err != nil {
			return nil, err
		}
		got[name] = rows
	}
	return got, nil
}

// hold compares tables with an oracle, and with controls, of which one at least must differ for each table that is not
// rightly empty.
func hold(got Tables, log []Record, oracle Oracle, controls []Oracle, mayBeEmpty bool, out *Result) ([]string, error) {
	want, err := oracle(log)
	if err != nil {
		return nil, err
	}
	lines, differ := Diff(got, want, 20)
	out.Differ += differ
	caught := make(map[string]int)
	for _, control := range controls {
		wrong, err := control(log)
		if err != nil {
			return nil, err
		}
		for name := range want {
			_, rows := Diff(got, Tables{name: wrong[name]}, 0)
			caught[name] += rows
		}
	}
	for name := range want {
		out.Rows += len(want[name])
		out.Control += caught[name]
		if mayBeEmpty && len(want[name]) == 0 && len(got[name]) == 0 {
			continue
		}
		if len(want[name]) == 0 || caught[name] == 0 {
			lines = append(lines, name+": nothing to compare, or no control differs: this proves nothing")
		}
	}
	return lines, nil
}

// account looks for every acknowledged event among the raw rows, without help of the log.
func account(ctx context.Context, ch rig.ClickHouse, ledger *Ledger, out *Result) ([]string, error) {
	var lines []string
	for _, topic := range []string{schemas.Clickstream.Topic(), schemas.Orders.Topic()} {
		rows, err := ch.Query(ctx, "SELECT event_id, countIf(NOT duplicate) FROM "+rawTable(topic)+" FINAL GROUP BY event_id")
		if err != nil {
			return nil, err
		}
		counted := make(map[string]int, len(rows))
		for _, row := range rows {
			counted[row[0]] = int(number(row[1]))
		}
		lost, double := ledger.Against(topic, counted)
		if lost+double > 0 {
			lines = append(lines, fmt.Sprintf("%s: of the acknowledged events %d have no row and %d count twice", topic, lost, double))
		}
		out.Lost, out.Double = out.Lost+lost, out.Double+double
	}
	return lines, nil
}
