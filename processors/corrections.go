package processors

import (
	"fmt"

	"tidemark/schemas"
)

// OffsetMask takes the offset out of a version.
const OffsetMask = 1<<40 - 1

// rebuiltTable says what was recomputed. Every revision keeps its row: the first that reached a mark's offset tells how
// long the mark was open.
var rebuiltTable = schemas.Table{
	Name: "rebuilt", Doc: "Windows that were recomputed from raw events, per part and revision.",
	Engine: "ReplacingMergeTree(revision)", OrderBy: []string{"metric", "window_start", "part", "revision"},
	TTL: "toDateTime(greatest(window_start, at)) + INTERVAL 4 YEAR", // longer than the marks that it answers
	Columns: []schemas.Column{
		{Name: "metric", Type: "LowCardinality(String)", Doc: "Metric."},
		{Name: "window_start", Type: "DateTime64(3, 'UTC')", Doc: "Start of the window."},
		{Name: "part", Type: "UInt64", Doc: "Topic id and partition."},
		{Name: "upto", Type: "UInt64", Doc: "Raw events of the part before this offset were counted."},
		{Name: "revision", Type: "UInt64", Doc: "Revision of the recompute, rising per metric."},
		{Name: "at", Type: "DateTime64(3, 'UTC')", Doc: "When it was stored, by the writer's clock."},
	},
}

// revisionsTable hands out revisions, one recompute of a metric at a time.
var revisionsTable = schemas.Table{
	Name: "revisions", Doc: "Recomputes, each under a revision of its own.",
	Engine: "ReplacingMergeTree(at)", OrderBy: []string{"metric", "revision", "claim"},
	Columns: []schemas.Column{
		{Name: "metric", Type: "LowCardinality(String)", Doc: "Metric."},
		{Name: "revision", Type: "UInt64", Doc: "Revision, rising per metric."},
		{Name: "claim", Type: "UInt64", Doc: "Who asked for the revision; of several, none has it."},
		{Name: "state", Type: "LowCardinality(String)", Doc: "claimed, running, done, failed, or lost to another claim."},
		{Name: "from", Type: "DateTime64(3, 'UTC')", Doc: "Windows from here on were asked for."},
		{Name: "to", Type: "DateTime64(3, 'UTC')", Doc: "Windows before it were asked for."},
		{Name: "started", Type: "DateTime64(3, 'UTC')", Doc: "When the revision was claimed, by the writer's clock."},
		{Name: "at", Type: "DateTime64(3, 'UTC')", Doc: "The last sign of life, by the writer's clock."},
		{Name: "events", Type: "UInt64", Doc: "Raw events counted so far."},
		{Name: "rows", Type: "UInt64", Doc: "Rows stored so far."},
		{Name: "tombstones", Type: "UInt64", Doc: "Tombstones stored so far."},
	},
}

// newestMarks is a query of one row per mark.
const newestMarks = `(SELECT metric, window_start, part, reason, max(d.ver) AS ver, argMax(d.at, d.ver) AS at
    FROM dirty AS d GROUP BY metric, window_start, part, reason)`

// dirtyView shows the marks that no recompute has reached. It reads the marks whole, and of what was rebuilt only their windows:
// it is for the corrector and for boards, not for a board's every query.
func dirtyView() schemas.View {
	return schemas.View{
		Name: "v_dirty", Doc: "Windows that differ from their raw events: marks that no recompute has reached yet.",
		SQL: fmt.Sprintf(`SELECT m.metric AS metric, m.window_start AS window_start, m.part AS part, m.reason AS reason, m.ver AS ver, m.at AS at
  FROM %s AS m
  LEFT JOIN (SELECT metric, window_start, part, max(upto) AS upto FROM rebuilt
    WHERE (metric, window_start) IN (SELECT metric, window_start FROM dirty) GROUP BY metric, window_start, part) AS r
  ON m.metric = r.metric AND m.window_start = r.window_start AND m.part = r.part
  WHERE bitAnd(m.ver, %d) > ifNull(r.upto, 0)`, newestMarks, OffsetMask),
	}
}

// correctionsView shows every mark and what became of it.
func correctionsView() schemas.View {
	return schemas.View{
		Name: "v_corrections", Doc: "Marked windows, when they were recomputed, and how long that took. A window that is marked again is open again.",
		SQL: fmt.Sprintf(`SELECT metric, window_start, part, reason, dirty_at, if(n = 0, NULL, first) AS rebuilt_at,
  if(n = 0, NULL, greatest(0, dateDiff('millisecond', dirty_at, first)) / 1000) AS delay_s
FROM (
  SELECT m.metric AS metric, m.window_start AS window_start, m.part AS part, m.reason AS reason, any(m.at) AS dirty_at,
    countIf(r.revision > 0 AND r.upto >= bitAnd(m.ver, %[1]d)) AS n, minIf(r.at, r.revision > 0 AND r.upto >= bitAnd(m.ver, %[1]d)) AS first
  FROM %[2]s AS m
  LEFT JOIN rebuilt AS r ON m.metric = r.metric AND m.window_start = r.window_start AND m.part = r.part
  GROUP BY metric, window_start, part, reason
)`, OffsetMask, newestMarks),
	}
}

// openCuts is a query of the windows of one metric that were cut and not recomputed since. Every query of a board runs
// it, so it reads of both tables only what the cuts name, by the sorting key: mostly nothing.
func openCuts(metric string) string {
	cuts := fmt.Sprintf("SELECT window_start FROM dirty WHERE metric = '%s' AND reason = '%s'", metric, DirtyCut)
	return fmt.Sprintf("SELECT c.window_start FROM (SELECT window_start, part, max(bitAnd(ver, %d)) AS off FROM dirty"+
		" WHERE metric = '%s' AND reason = '%s' GROUP BY window_start, part) AS c"+
		" LEFT JOIN (SELECT window_start, part, max(upto) AS upto FROM rebuilt WHERE metric = '%s' AND window_start IN (%s) GROUP BY window_start, part) AS r"+
		" ON c.window_start = r.window_start AND c.part = r.part WHERE c.off > ifNull(r.upto, 0)",
		OffsetMask, metric, DirtyCut, metric, cuts)
}
