package metrics

import (
	"time"

	"tidemark/processors"
	"tidemark/schemas"
)

// dailyActive is who came and who bought, by day; weeks and months merge from its states.
func dailyActive() processors.Definition {
	return processors.DefineRollup(processors.Rollup{
		Name: "daily_active", Title: text("Daily visitors and buyers", "每日访客与买家"),
		Help: "Distinct visitors and paying buyers per day of the shop, merged on their login where it is known; robots apart. Days do not add up: merge visitors_state and buyers_state.",
		Formula: "visitors = distinct people with any event of theirs that is no server's and not marked as a robot's; buyers = distinct people with a payment; bots = distinct senders of events that are marked. " +
			"Somebody with a login is one person on all devices: an event that names none is of the login that its visitor was seen with last when the day ended. Earlier days stay as they were counted. " +
			"Counted by ClickHouse's uniq: exact to some ten thousands, within 1 % beyond.",
		Owner: "growth",
		Measures: []processors.MeasureSpec{
			{Name: "visitors", Kind: processors.KindUniq, Title: text("Visitors", "访客数")},
			{Name: "buyers", Kind: processors.KindUniq, Title: text("Paying buyers", "支付买家数")},
			{Name: "bots", Kind: processors.KindUniq, Title: text("Robots", "机器人数")},
		},
		Values: []processors.Value{processors.Ratio("buyer_cvr", text("Payment conversion", "支付转化率"), "buyers", "visitors")},
		Panels: []processors.Panel{
			{Board: "customers", Section: "active", Kind: processors.Lines, Title: text("Visitors and buyers per day", "每日访客与买家"), Show: []string{"visitors", "buyers"}, Width: 8},
			{Board: "customers", Section: "active", Kind: processors.Lines, Title: text("Payment conversion per day", "每日支付转化率"), Show: []string{"buyer_cvr"}, Width: 8},
		},
		RollupSpec: processors.RollupSpec{
			Period: processors.Day, Sources: []string{"clickstream", "orders"}, Refresh: time.Minute, Batch: 4,
			Feeds: []processors.Feed{{Table: schemas.LoginsTable(), Source: "clickstream", SQL: seenWith}},
			Touch: processors.Touch{In: map[string]string{"clickstream": touchedDays}}, SQL: dailyActiveSQL,
		},
	})
}

// seenWith are the rows of the table of logins that new events make.
const seenWith = `SELECT shop, anonymous_id, user_id, CAST(toStartOfFifteenMinutes(least(occurred_at, append_time)), 'DateTime64(3, \'UTC\')') AS at, received_at
FROM fresh WHERE user_id != '' AND user_id != anonymous_id AND NOT bot`

// touchedDays are the days of new events, and, where a login comes in late, the days since, on which that visitor's events
// may now be the login's. Steps of half a day leave out no day of 23 hours.
const touchedDays = `SELECT least(occurred_at, append_time) AS at FROM fresh
UNION ALL
SELECT since + toIntervalHour(12 * arrayJoin(range(1, 2 + toUInt64(greatest(0, dateDiff('hour', since, now64(3, 'UTC')))) DIV 12))) AS at FROM (
  SELECT DISTINCT greatest(toStartOfFifteenMinutes(least(occurred_at, append_time)), toStartOfHour(now('UTC')) - INTERVAL 90 DAY) AS since
  FROM fresh WHERE user_id != '' AND user_id != anonymous_id AND NOT bot AND occurred_at < append_time - INTERVAL 1 HOUR
)`

// dailyActiveSQL needs no deduplication: a copy is the same person. An event without a login is of the login that its
// visitor was seen with last when the day ended; a buyer without one is named by the visitor. Ids are hashed at once, and
// nothing is grouped by them: a busy day has millions. 0 is no login.
const dailyActiveSQL = `WITH multiIf(s.login != 0, s.login, l.login != 0, l.login, s.visitor) AS person
SELECT s.begins AS window_start, uniqStateIf(person, NOT s.bought AND NOT s.bot) AS visitors_state, uniqStateIf(person, s.bought) AS buyers_state,
  uniqStateIf(person, s.bot) AS bots_state
FROM (
  SELECT p.begins AS begins, p.ends AS ends, x.bought AS bought, x.visitor AS visitor, x.login AS login, x.bot AS bot
  FROM (
    SELECT shop, least(occurred_at, append_time) AS at, false AS bought, sipHash64(anonymous_id) AS visitor, if(user_id = '', 0, sipHash64(user_id)) AS login, bot
    FROM events_clickstream WHERE shop = {shop:String} AND NOT server AND anonymous_id != '' AND ` + within + `
    UNION ALL
    SELECT shop, least(occurred_at, append_time) AS at, true AS bought, sipHash64(buyer) AS visitor, 0 AS login, false AS bot
    FROM events_orders WHERE shop = {shop:String} AND type = 'order_paid' AND NOT shadow AND buyer != '' AND ` + within + `
  ) AS x
  ASOF INNER JOIN periods AS p ON p.shop = x.shop AND x.at >= p.begins
  WHERE x.at < p.ends
) AS s
ASOF LEFT JOIN (
  SELECT sipHash64(anonymous_id) AS visitor, at, max(sipHash64(user_id)) AS login FROM logins
  WHERE shop = {shop:String} AND sipHash64(anonymous_id) IN (
    SELECT sipHash64(anonymous_id) FROM events_clickstream WHERE shop = {shop:String} AND NOT server AND user_id = '' AND ` + within + `
    UNION ALL SELECT sipHash64(buyer) FROM events_orders WHERE shop = {shop:String} AND type = 'order_paid' AND ` + within + `
  ) GROUP BY anonymous_id, at
) AS l ON l.visitor = s.visitor AND s.ends > l.at
GROUP BY window_start`

// within bounds what is read. The clock of a sender may be ahead of the record's.
const within = `occurred_at >= fromUnixTimestamp64Milli({from:Int64}) AND occurred_at < fromUnixTimestamp64Milli({to:Int64}) + INTERVAL 2 DAY`
