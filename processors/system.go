package processors

import "tidemark/schemas"

// watermarksTable is where every group says how far it has come in every partition.
var watermarksTable = schemas.Table{
	Name: "watermarks", Doc: "How far each consumer group has come in each partition.",
	Engine: "ReplacingMergeTree(ver)", OrderBy: []string{"group", "topic", "partition", "part"},
	Columns: []schemas.Column{
		{Name: "group", Type: "LowCardinality(String)", Doc: "Consumer group."},
		{Name: "topic", Type: "LowCardinality(String)", Doc: "Kafka topic."},
		{Name: "partition", Type: "Int64", Doc: "Partition."},
		{Name: "part", Type: "UInt64", Doc: "Topic id and partition."},
		{Name: "m", Type: "DateTime64(3, 'UTC')", Doc: "Highest event time seen: a metric's watermark is m less its lateness."},
		{Name: "ver", Type: "UInt64", Doc: "Revision and offset of the next record to read."},
		{Name: "at", Type: "DateTime64(3, 'UTC')", Doc: "When the row was written, by the writer's clock."},
	},
}

// dirtyTable is the list of what a recompute has to do.
var dirtyTable = schemas.Table{
	Name: "dirty", Doc: "Windows that differ from their raw events until they are recomputed. v_dirty shows those that still do.",
	Engine: "ReplacingMergeTree(ver)", OrderBy: []string{"metric", "window_start", "part", "reason"},
	TTL: "toDateTime(greatest(window_start, at)) + INTERVAL 3 YEAR",
	Columns: []schemas.Column{
		{Name: "metric", Type: "LowCardinality(String)", Doc: "Metric."},
		{Name: "window_start", Type: "DateTime64(3, 'UTC')", Doc: "Start of the window."},
		{Name: "part", Type: "UInt64", Doc: "Topic id and partition."},
		{Name: "reason", Type: "LowCardinality(String)", Doc: "late: an event came after the close. cut: the window began before the metric or the log did."},
		{Name: "ver", Type: "UInt64", Doc: "Revision and offset of the next record to read: what was missed lies before it."},
		{Name: "at", Type: "DateTime64(3, 'UTC')", Doc: "Append time of the last record read before the mark was set."},
	},
}

// SystemTables are the tables that every installation has beside the metrics.
func SystemTables() []*schemas.Table {
	w, d, r, v, a, e := watermarksTable, dirtyTable, rebuiltTable, revisionsTable, accountsTable, erasuresTable
	runs, seen := rollupRunsTable, rollupSeenTable
	return []*schemas.Table{&w, &d, &r, &v, &a, &e, &runs, &seen}
}

// Mark is one row of the watermarks table.
type Mark struct {
	Group     string
	Topic     string
	Partition int32
	Part      uint64
	M         schemas.Millis
	Ver       uint64
	At        schemas.Millis
}

// WatermarkBlock makes the rows for the watermarks table.
func WatermarkBlock(marks []Mark) schemas.Block {
	var (
		group, topic []string
		partition    []int64
		part, ver    []uint64
		m, at        []schemas.Millis
	)
	for _, k := range marks {
		group, topic = append(group, k.Group), append(topic, k.Topic)
		partition = append(partition, int64(k.Partition))
		part, ver = append(part, k.Part), append(ver, k.Ver)
		m, at = append(m, k.M), append(at, k.At)
	}
	t := watermarksTable
	return schemas.Block{
		Table: &t, Rows: len(marks),
		Names: []string{"group", "topic", "partition", "part", "m", "ver", "at"},
		Data:  []any{group, topic, partition, part, m, ver, at},
	}
}

// dirtyBlock makes the rows for the dirty table; at is the append time of the last record read.
func dirtyBlock(metric []string, start []schemas.Millis, reason []string, part, ver uint64, at schemas.Millis) []schemas.Block {
	if len(metric) == 0 {
		return nil
	}
	parts, vers, ats := make([]uint64, len(metric)), make([]uint64, len(metric)), make([]schemas.Millis, len(metric))
	for i := range parts {
		parts[i], vers[i], ats[i] = part, ver, at
	}
	t := dirtyTable
	return []schemas.Block{{
		Table: &t, Rows: len(metric),
		Names: []string{"metric", "window_start", "part", "reason", "ver", "at"},
		Data:  []any{metric, start, parts, reason, vers, ats},
	}}
}
