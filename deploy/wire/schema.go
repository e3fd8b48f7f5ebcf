package wire

import (
	"slices"

	"tidemark/alerts"
	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// Schema is every table and view of an installation: the system's, the shops', the raw events', the metrics' and the
// alerts'.
func Schema(metrics processors.Catalogue) clickhouse.Schema {
	return clickhouse.Schema{
		Tables: slices.Concat(processors.SystemTables(), schemas.ShopTables(), schemas.RawTables(), schemas.StateTables(), metrics.Tables(), alerts.Tables()),
		Views:  slices.Concat(schemas.RawViews(), schemas.StateViews(), metrics.Views(), alerts.Views()),
	}
}
