package schemas

// loginsTable ties visitors to the logins that they have taken up.
func loginsTable() *Table {
	return &Table{
		Name:   "logins",
		Doc:    "Which visitor has been seen with which login, and since when. Filled by mv_logins as events are stored; read it through v_logins.",
		Engine: "AggregatingMergeTree", OrderBy: []string{"shop", "anonymous_id", "user_id"},
		// As long as the events themselves: what is known of a visitor is forgotten with the last that tells it.
		TTL: "toDateTime(latest) + INTERVAL " + retention(Clickstream.Name),
		Columns: []Column{
			{Name: "shop", Type: "LowCardinality(String)", Doc: "Shop."},
			{Name: "anonymous_id", Type: "String", Doc: "Visitor."},
			{Name: "user_id", Type: "String", Doc: "Login id."},
			{Name: "first", Type: "SimpleAggregateFunction(min, DateTime64(3, 'UTC'))", Doc: "Event time of the first event that names both."},
			{Name: "latest", Type: "SimpleAggregateFunction(max, DateTime64(3, 'UTC'))", Doc: "When the latest such event was received."},
		},
	}
}

// loginsFeed fills the table from every insert of raw events. A row that is inserted again changes nothing, since the
// least and the greatest of some times do not count them.
func loginsFeed() View {
	return View{
		Name: "mv_logins", To: "logins", Doc: "Fills logins from the clickstream.",
		SQL: "SELECT t.shop AS shop, t.anonymous_id AS anonymous_id, t.user_id AS user_id, " + eventAt + " AS first, t.received_at AS latest\n" +
			"FROM " + Clickstream.RawTable() + " AS t\nWHERE t.user_id != '' AND t.user_id != t.anonymous_id AND NOT t.bot",
	}
}

func loginsView() View {
	return View{
		Name: "v_logins",
		Doc:  "Logins of each visitor with the moment at which each was taken up. Who an event without a login is of: the login that its visitor had taken up last.",
		SQL:  "SELECT t.shop AS shop, t.anonymous_id AS anonymous_id, t.user_id AS user_id, min(t.first) AS since, max(t.latest) AS latest\nFROM logins AS t\nGROUP BY t.shop, t.anonymous_id, t.user_id",
	}
}
