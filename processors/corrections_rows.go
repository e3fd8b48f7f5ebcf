package processors

import "tidemark/schemas"

// Rebuilt is one row of the table rebuilt.
type Rebuilt struct {
	Metric string
	WindowPart
	Upto     int64 // raw events of the part before this offset were counted
	Revision uint32
	At       schemas.Millis // the writer's clock
}

// RebuiltBlock makes the rows for the table rebuilt.
func RebuiltBlock(rows []Rebuilt) schemas.Block {
	var (
		metric               []string
		start, at            []schemas.Millis
		part, upto, revision []uint64
	)
	for _, r := range rows {
		metric, start, part = append(metric, r.Metric), append(start, schemas.Millis(r.Start)), append(part, r.Part)
		upto, revision, at = append(upto, uint64(r.Upto)), append(revision, uint64(r.Revision)), append(at, r.At)
	}
	t := rebuiltTable
	return schemas.Block{
		Table: &t, Rows: len(rows),
		Names: []string{"metric", "window_start", "part", "upto", "revision", "at"},
		Data:  []any{metric, start, part, upto, revision, at},
	}
}

// MarkBlock makes one row for the table dirty: what lies before the offset is missing in the window.
func MarkBlock(metric string, w WindowPart, reason string, offset int64, at schemas.Millis) schemas.Block {
	return dirtyBlock([]string{metric}, []schemas.Millis{schemas.Millis(w.Start)}, []string{reason}, w.Part, Version(0, offset), at)[0]
}

// Claim is one row of the table revisions.
type Claim struct {
	Metric                   string
	Revision                 uint32
	Claim                    uint64
	State                    string
	From, To, Started, At    schemas.Millis
	Events, Rows, Tombstones int64
}

// The states of a Claim.
const (
	ClaimAsked   = "claimed"
	ClaimRunning = "running"
	ClaimDone    = "done"
	ClaimFailed  = "failed"
	ClaimLost    = "lost"
)

// ClaimBlock makes a row for the table revisions.
func ClaimBlock(c Claim) schemas.Block {
	t := revisionsTable
	return schemas.Block{
		Table: &t, Rows: 1,
		Names: []string{"metric", "revision", "claim", "state", "from", "to", "started", "at", "events", "rows", "tombstones"},
		Data: []any{
			[]string{c.Metric}, []uint64{uint64(c.Revision)}, []uint64{c.Claim}, []string{c.State},
			[]schemas.Millis{c.From}, []schemas.Millis{c.To}, []schemas.Millis{c.Started}, []schemas.Millis{c.At},
			[]uint64{uint64(c.Events)}, []uint64{uint64(c.Rows)}, []uint64{uint64(c.Tombstones)},
		},
	}
}
