package processors

import (
	"strconv"
	"strings"
	"time"

	"tidemark/schemas"
)

// erasuresTable is where whoever erases raw events says so in the same act, so that what is missing is accounted for.
var erasuresTable = schemas.Table{
	Name: "erasures", Doc: "Raw events erased on purpose. Whoever erases writes the rows first: tidemark audit takes them into account.",
	Engine: "ReplacingMergeTree(at)", Partition: "toYYYYMM(minute)", OrderBy: []string{"minute", "part", "why"},
	Columns: []schemas.Column{
		{Name: "part", Type: "UInt64", Doc: "Topic id and partition."},
		{Name: "minute", Type: "DateTime64(3, 'UTC')", Doc: "Start of the minute in which Kafka appended the events."},
		{Name: "events", Type: "Int64", Doc: "Raw rows erased, copies included."},
		{Name: "at", Type: "DateTime64(3, 'UTC')", Doc: "When, by the writer's clock."},
		{Name: "why", Type: "String", Doc: "The act: its request or ticket. One act has one row per part and minute."},
	},
}

// HistoryGrace is how long after its end a minute of a history topic is taken for complete: imports send no heartbeats, so
// nothing in the log says that a minute is over.
const HistoryGrace = 10 * time.Minute

// accountsView shows the accounts with what does not add up.
func accountsView() schemas.View {
	sum := strings.Join(fateColumns[:], " + ")
	return schemas.View{
		Name: "v_accounts", Doc: "What became of the events of each minute of append time; difference must be 0. complete: the group has read the minute to its end.",
		SQL: "SELECT a.minute AS minute, a.`group` AS `group`, a.metric AS metric, a.topic AS topic, a.partition AS partition, a.part AS part, a.ver AS ver,\n" +
			"  a.produced AS produced, " + aliased("a.", fateColumns[:]) + ",\n" +
			"  produced - (" + sum + ") AS difference,\n" +
			"  (a.minute + toIntervalMinute(1) <= w.m OR endsWith(a.topic, '.history') AND a.minute + toIntervalMinute(" + strconv.Itoa(int(HistoryGrace.Minutes())) + ") < now64(3)) AS complete\n" +
			"FROM (SELECT * FROM accounts FINAL) AS a\n" +
			"LEFT JOIN (SELECT `group`, part, argMax(t.m, t.ver) AS m FROM watermarks AS t FINAL GROUP BY `group`, part) AS w ON a.`group` = w.`group` AND a.part = w.part",
	}
}

func aliased(prefix string, names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = prefix + n + " AS " + n
	}
	return strings.Join(out, ", ")
}
