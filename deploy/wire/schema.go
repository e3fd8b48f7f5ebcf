package wire

import (
	"slices"

	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// Schema is every table and view of an installation: the system's, the raw events' and the metrics'.
func Schema(metrics processors.Catalogue) clickhouse.Schema {
	return clickhouse.Schema{
		Tables: slices.Concat(processors.SystemTables(), schemas.RawTables(), metrics.Tables()),
		Views:  append(schemas.RawViews(), metrics.Views()...),
	}
}
