package metrics

import (
	"time"

	"tidemark/processors"
)

// dailyActive is who came and who bought, by day; weeks and months merge from its states.
func dailyActive() processors.Definition {
	return processors.DefineRollup(processors.Rollup{
		Name: "daily_active", Title: text("Daily visitors and buyers", "每日访客与买家"),
		Help: "Distinct visitors and paying buyers per day of the shop, merged on their login where it is known; robots apart. Days do not add up: merge visitors_state and buyers_state.",
		Formula: "visitors = distinct people with any event of theirs (not their server's, not a robot's); buyers = distinct people with a payment; bots = robots. " +
			"Somebody with a login is one person on all devices: an event that names none is of the login that its visitor had taken up last when the day ended. Earlier days stay as they were counted. " +
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
		RollupSpec: processors.RollupSpec{Period: processors.Day, Sources: []string{"clickstream", "orders"}, Refresh: time.Minute, Touch: processors.Touch{In: map[string]string{"clickstream": loginDays}}, SQL: dailyActiveSQL},
	})
}

// loginDays are the days of new events, and, where a late one tells a login that was not known, the days after, on which
// that visitor's events are now the login's. Steps of half a day leave out no day of 23 hours.
const loginDays = `SELECT least(occurred_at, append_time) AS at FROM fresh
UNION ALL
SELECT since + toIntervalHour(12 * arrayJoin(range(1, 181))) AS at FROM (
  SELECT DISTINCT toStartOfFifteenMinutes(f.since) AS since
  FROM (
    SELECT anonymous_id, user_id, min(least(occurred_at, append_time)) AS since, min(append_time) AS told
    FROM fresh WHERE user_id != '' AND user_id != anonymous_id AND NOT bot GROUP BY anonymous_id, user_id HAVING since < told - INTERVAL 1 HOUR
  ) AS f
  INNER JOIN (
    SELECT anonymous_id, user_id, min(first) AS since FROM logins
    WHERE shop = {shop:String} AND anonymous_id IN (SELECT anonymous_id FROM fresh WHERE user_id != '') GROUP BY anonymous_id, user_id
  ) AS l ON l.anonymous_id = f.anonymous_id AND l.user_id = f.user_id AND l.since = f.since
)`

// dailyActiveSQL needs no deduplication: a copy is the same person. An event without a login is that login's which its
// visitor had taken up last when the day ended; a buyer without one is named by the visitor. Ids are hashed at once, which
// halves the time; 0 is no login.
const dailyActiveSQL = `WITH seen AS (
  SELECT p.begins AS begins, any(p.ends) AS ends, x.bought AS bought, x.visitor AS visitor, max(x.bot) AS bot, groupUniqArray(x.login) AS logins
  FROM (
    SELECT shop, least(occurred_at, append_time) AS at, false AS bought, sipHash64(anonymous_id) AS visitor, if(user_id = '', 0, sipHash64(user_id)) AS login, bot
    FROM events_clickstream WHERE shop = {shop:String} AND NOT server AND anonymous_id != '' AND occurred_at >= fromUnixTimestamp64Milli({from:Int64})
    UNION ALL
    SELECT shop, least(occurred_at, append_time) AS at, true AS bought, sipHash64(buyer) AS visitor, 0 AS login, false AS bot
    FROM events_orders WHERE shop = {shop:String} AND type = 'order_paid' AND NOT shadow AND buyer != '' AND occurred_at >= fromUnixTimestamp64Milli({from:Int64})
  ) AS x
  ASOF INNER JOIN periods AS p ON p.shop = x.shop AND x.at >= p.begins
  WHERE x.at < p.ends
  GROUP BY begins, bought, visitor
)
SELECT n.begins AS window_start, uniqStateIf(n.person, NOT n.bought AND NOT n.bot) AS visitors_state,
  uniqStateIf(n.person, n.bought) AS buyers_state, uniqStateIf(n.person, n.bot) AS bots_state
FROM (
  SELECT s.begins AS begins, s.bought AS bought, s.bot AS bot, multiIf(s.login != 0, s.login, l.login != 0, l.login, s.visitor) AS person
  FROM (SELECT begins, ends, bought, visitor, bot, arrayJoin(logins) AS login FROM seen) AS s
  ASOF LEFT JOIN (
    SELECT visitor, since, max(login) AS login FROM (
      SELECT sipHash64(anonymous_id) AS visitor, sipHash64(user_id) AS login, min(first) AS since FROM logins
      WHERE shop = {shop:String} AND anonymous_id IN (` + withoutLogin + `) GROUP BY anonymous_id, user_id
    ) GROUP BY visitor, since
  ) AS l ON l.visitor = s.visitor AND s.ends > l.since
) AS n
GROUP BY window_start`

// withoutLogin are those whose login must be looked up, so that not every login of the shop is held in memory.
const withoutLogin = `SELECT anonymous_id FROM events_clickstream WHERE shop = {shop:String} AND user_id = '' AND occurred_at >= fromUnixTimestamp64Milli({from:Int64})
        UNION ALL SELECT buyer FROM events_orders WHERE shop = {shop:String} AND type = 'order_paid' AND occurred_at >= fromUnixTimestamp64Milli({from:Int64})`
