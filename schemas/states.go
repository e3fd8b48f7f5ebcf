package schemas

import (
	"fmt"
	"strings"
)

// StateTables hold what rollups would otherwise have to read all events for.
func StateTables() []*Table { return []*Table{LoginsTable()} }

// StateViews show what the events add up to: each order and each parcel as it is now, and the spend last stated. They need
// RawTables.
func StateViews() []View { return []View{ordersView(), parcelsView(), spendView()} }

// eventAt is an event's time: its own, or that of its record where the sender's clock runs ahead.
const eventAt = "least(t.occurred_at, t.append_time)"

// onceEach reads every event once, whatever the time between its copies: the first of those with one event_id counts.
// key is how the events are grouped further; a condition on it reaches the table.
func onceEach[E any](f Family[E], key []string, where string, columns ...string) string {
	var firsts []string
	for _, c := range columns {
		firsts = append(firsts, fmt.Sprintf("argMin(t.%[1]s, (t.part, t.offset)) AS %[1]s", c))
	}
	keys := "t." + strings.Join(key, ", t.")
	return fmt.Sprintf("SELECT %[1]s, argMin(%[2]s, (t.part, t.offset)) AS at, min((t.part, t.offset)) AS place,\n    %[3]s\n  FROM %[4]s AS t%[5]s\n  GROUP BY %[1]s, t.event_id",
		keys, eventAt, strings.Join(firsts, ",\n    "), f.RawTable(), where)
}

// rank writes the rank of a type of event, 0 for those that are not listed.
func rank(ranks [][]string) string {
	var types, numbers []string
	for i, list := range ranks {
		for _, t := range list {
			types, numbers = append(types, quoteSQL(t)), append(numbers, fmt.Sprint(i+1))
		}
	}
	return fmt.Sprintf("transform(e.type, [%s], [%s], 0)", strings.Join(types, ", "), strings.Join(numbers, ", "))
}

// latest is the value that a column has in the last event for which cond holds, first that in the first.
func latest(column, cond string) string {
	return fmt.Sprintf("argMaxIf(%s, (e.at, e.place), %s)", column, cond)
}

func first(column, cond string) string {
	return fmt.Sprintf("argMinIf(%s, (e.at, e.place), %s)", column, cond)
}

// known holds for a time that is not 0.
func known(column string) string { return column + " > toDateTime64(0, 3, 'UTC')" }
