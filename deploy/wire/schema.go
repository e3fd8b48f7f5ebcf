package wire

import (
	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// Schema is every table and view of an installation: the system's, the raw events' and the metrics'.
func Schema(metrics processors.Catalogue) clickhouse.Schema {
	raw, rawViews := rawEvents()
	tables := append(processors.SystemTables(), raw...)
	return clickhouse.Schema{Tables: append(tables, metrics.Tables()...), Views: append(rawViews, metrics.Views()...)}
}

func rawEvents() (tables []*schemas.Table, views []schemas.View) {
	tables = []*schemas.Table{
		raw(schemas.Clickstream), raw(schemas.Orders), raw(schemas.Logistics),
		raw(schemas.Marketing), raw(schemas.Inventory), raw(schemas.Service),
	}
	views = []schemas.View{
		schemas.RawView(schemas.Clickstream), schemas.RawView(schemas.Orders), schemas.RawView(schemas.Logistics),
		schemas.RawView(schemas.Marketing), schemas.RawView(schemas.Inventory), schemas.RawView(schemas.Service),
	}
	return tables, views
}

func raw[E any](f schemas.Family[E]) *schemas.Table {
	t := schemas.RawTable(f)
	return &t
}
