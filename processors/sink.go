package processors

import (
	"context"

	"tidemark/schemas"
)

// Sink stores rows. Blocks are upserts: sending one again changes nothing, so a caller whose insert failed, or whose
// answer was lost, sends the same blocks again.
type Sink interface {
	// Insert stores all blocks, one insert per table, and returns when every one is stored.
	Insert(ctx context.Context, blocks []schemas.Block) error
	// Watermark returns the newest M stored for the part by the group, or 0 where there is none.
	Watermark(ctx context.Context, group string, part uint64) (schemas.Millis, error)
}

// Work is what a consumer group does: which topics it reads and how it makes a task for a partition.
type Work struct {
	Group   string // consumer group id, for example "tidemark-fast"
	Topics  []string
	NewTask func(Assignment) (Task, error)
}
