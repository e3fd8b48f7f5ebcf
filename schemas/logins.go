package schemas

// LoginsTable says who a visitor was at which time. The runner of rollups fills it from new events; a row that is written
// again is the same row.
func LoginsTable() *Table {
	return &Table{
		Name:   "logins",
		Doc:    "The logins with which each visitor was seen, by quarter of an hour. An event without a login is of the one that its visitor was seen with last.",
		Engine: "ReplacingMergeTree(received_at)", OrderBy: []string{"shop", "anonymous_id", "at", "user_id"},
		TTL: "toDateTime(received_at) + INTERVAL " + retention(Clickstream.Name), // with the events that tell it
		Columns: []Column{
			{Name: "shop", Type: "LowCardinality(String)", Doc: "Shop."},
			{Name: "anonymous_id", Type: "String", Doc: "Visitor."},
			{Name: "user_id", Type: "String", Doc: "Login id."},
			{Name: "at", Type: "DateTime64(3, 'UTC')", Doc: "Begin of the quarter of an hour in which an event names both, by event time."},
			{Name: "received_at", Type: "DateTime64(3, 'UTC')", Doc: "When such an event was received last; retention counts from here."},
		},
	}
}
