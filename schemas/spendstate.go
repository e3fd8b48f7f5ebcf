package schemas

import "strings"

// spendView has one row per campaign, creative and period, with the figures that the platform made last.
func spendView() View {
	key := []string{"shop", "platform", "campaign", "creative", "currency", "period_start", "period_end"}
	var columns []string
	for _, c := range key {
		columns = append(columns, "t."+c+" AS "+c)
	}
	made := "(if(" + known("t.as_of") + ", t.as_of, t.received_at), t.append_time, t.part, t.offset)"
	columns = append(columns, "max("+made+").1 AS spend_as_of", "count(DISTINCT t.event_id) AS statements")
	for _, c := range []string{"channel", "amount", "impressions", "clicks", "conversions", "attributed", "final", "reporting_currency", "reporting_amount"} {
		columns = append(columns, "argMax(t."+c+", "+made+") AS "+c)
	}
	return View{
		Name: "v_spend",
		Doc: "What each ad platform says of a campaign, creative and period: of several statements the one it made last (as_of, else when " +
			"it was received). Add up amount within a currency, reporting_amount over all. statements says how often the figures were stated.",
		SQL: "SELECT " + strings.Join(columns, ",\n  ") + "\nFROM " + Marketing.RawTable() + " AS t\nWHERE t.type = " + quoteSQL(MarketingSpend) +
			"\nGROUP BY t." + strings.Join(key, ", t."),
	}
}
