package clickhouse

import (
	"context"
	"fmt"

	"tidemark/schemas"
)

// Watermark returns the newest M in table watermarks for the part by the group, or 0 where there is none.
func (s *Sink) Watermark(ctx context.Context, group string, part uint64) (schemas.Millis, error) {
	type row struct {
		M int64 `ch:"m"`
	}
	found, err := Select[row](ctx, s,
		"SELECT toUnixTimestamp64Milli(argMax(m, ver)) AS m FROM watermarks WHERE `group` = {group:String} AND part = {part:UInt64}",
		Param{"group", group}, Param{"part", part})
	if err != nil {
		return 0, fmt.Errorf("watermark of group %q, part %d: %w", group, part, err)
	}
	if len(found) == 0 {
		return 0, nil
	}
	return schemas.Millis(found[0].M), nil
}
