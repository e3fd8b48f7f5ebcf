package metrics

// orderEvents is every event that counts of the shop's orders, once, as a subquery: without regard to the time between
// two copies, the first of which counts. where restricts them; a copy may differ in time by the clock's correction, so
// conditions on time leave it a day.
func orderEvents(where string) string {
	return `(SELECT shop, type, least(occurred_at, append_time) AS at, part, offset, order_id, buyer, channel, currency, total, refund, units, placed_at, paid_at
    FROM events_orders WHERE shop = {shop:String} AND NOT shadow AND ` + where + ` ORDER BY part, offset LIMIT 1 BY event_id)`
}
