package processors

import "tidemark/schemas"

// LandAccount stands in the column metric of the accounts of the group that fills the raw tables.
const LandAccount = "land"

// accountsTable is what every group did with the events it read.
var accountsTable = schemas.Table{
	Name: "accounts", Doc: "What became of the events of each minute of append time, per consumer group, metric and partition. Read it through v_accounts.",
	Engine: "ReplacingMergeTree(ver)", Partition: "toYYYYMM(minute)", OrderBy: []string{"minute", "group", "metric", "part"},
	TTL: "toDateTime(minute) + INTERVAL 90 DAY",
	Columns: []schemas.Column{
		{Name: "minute", Type: "DateTime64(3, 'UTC')", Doc: "Start of the minute in which Kafka appended the events."},
		{Name: "group", Type: "LowCardinality(String)", Doc: "Consumer group."},
		{Name: "metric", Type: "LowCardinality(String)", Doc: "Metric; land for the raw tables."},
		{Name: "part", Type: "UInt64", Doc: "Topic id and partition."},
		{Name: "topic", Type: "LowCardinality(String)", Doc: "Kafka topic."},
		{Name: "partition", Type: "Int64", Doc: "Partition."},
		{Name: "ver", Type: "UInt64", Doc: "Revision and offset of the last event counted."},
		{Name: "produced", Type: "Int64", Doc: "Events read; heartbeats are none. The sum of the columns that follow."},
		{Name: "counted", Type: "Int64", Doc: "Stand in a window at least, or were taken into the sessions; rows without the mark duplicate, for land."},
		{Name: "late", Type: "Int64", Doc: "Every window that they count for had closed: kept raw, and the windows are dirty."},
		{Name: "duplicate", Type: "Int64", Doc: "Their id was seen within the horizon."},
		{Name: "quarantined", Type: "Int64", Doc: "Could not be read, or made the counting panic: dead letters."},
		{Name: "skipped", Type: "Int64", Doc: "Not the metric's events: its condition does not hold, or they have no session key."},
		{Name: "cut", Type: "Int64", Doc: "Every window that they count for began before the metric or the log did: dirty until recomputed."},
	},
}

// fateColumns names the columns of the fates, in their order.
var fateColumns = [fates]string{
	skipped: "skipped", counted: "counted", late: "late", duplicate: "duplicate", quarantined: "quarantined", cut: "cut",
}

// accounts makes rows of the entries. names lists, for each account, the metrics that it holds for: those on the same
// sessions share one.
func (a *Assignment) accounts(entries []entry, names [][]string) []schemas.Block {
	var (
		minute        []schemas.Millis
		group, metric []string
		topic         []string
		part, ver     []uint64
		partition     []int64
		produced      []int64
		by            [fates][]int64
	)
	for i := range entries {
		e := &entries[i]
		for j := range e.Accounts {
			for _, name := range names[j] {
				minute, group, metric = append(minute, schemas.Millis(e.Minute)), append(group, a.Group), append(metric, name)
				topic, partition, part = append(topic, a.Topic), append(partition, int64(a.Partition)), append(part, a.Part)
				ver, produced = append(ver, Version(a.Revision, e.Last)), append(produced, e.Produced)
				for f := range by {
					by[f] = append(by[f], e.Accounts[j][f])
				}
			}
		}
	}
	if len(minute) == 0 {
		return nil
	}
	t := accountsTable
	b := schemas.Block{
		Table: &t, Rows: len(minute),
		Names: []string{"minute", "group", "metric", "part", "topic", "partition", "ver", "produced"},
		Data:  []any{minute, group, metric, part, topic, partition, ver, produced},
	}
	for f, name := range fateColumns {
		b.Names, b.Data = append(b.Names, name), append(b.Data, by[f])
	}
	return []schemas.Block{b}
}
