package metrics

import (
	"time"

	"tidemark/processors"
)

// activeUsers is how many people came in a day, and in the 7 and 30 days that end with it.
func activeUsers() processors.Definition {
	return processors.DefineRollup(processors.Rollup{
		Name: "active_users", Title: text("Active users by day, week and month", "日活、周活、月活"),
		Help:    "Distinct visitors of each day of the shop (DAU), and of the 7 (WAU) and 30 days (MAU) that end with it.",
		Formula: "merged from the states of daily_active over days of the shop's calendar; stickiness = DAU / MAU.",
		Owner:   "growth",
		Measures: []processors.MeasureSpec{
			{Name: "dau", Kind: processors.KindUniq, Title: text("DAU", "日活")},
			{Name: "wau", Kind: processors.KindUniq, Title: text("WAU", "周活")},
			{Name: "mau", Kind: processors.KindUniq, Title: text("MAU", "月活")},
		},
		Values: []processors.Value{processors.Ratio("stickiness", text("DAU / MAU", "日活/月活"), "dau", "mau")},
		Panels: []processors.Panel{
			{Board: "customers", Section: "active", Kind: processors.Lines, Title: text("Active users", "日活、周活、月活"), Show: []string{"dau", "wau", "mau"}, Width: 8},
			{Board: "customers", Section: "active", Kind: processors.BigStat, Title: text("Active users now", "当前活跃用户"), Show: []string{"dau", "wau", "mau"}, Width: 24},
		},
		RollupSpec: processors.RollupSpec{
			Period: processors.Day, After: []string{"daily_active"}, Refresh: time.Minute, Stock: true,
			Touch: processors.Touch{Span: 30 * 24 * time.Hour}, SQL: activeUsersSQL,
		},
	})
}

const activeUsersSQL = `SELECT p.begins AS window_start, uniqMergeStateIf(d.visitors_state, d.day = p.day) AS dau_state,
  uniqMergeStateIf(d.visitors_state, d.day > p.day - 7) AS wau_state, uniqMergeState(d.visitors_state) AS mau_state
FROM (SELECT shop, begins, toDate(begins, {zone:String}) AS day FROM periods) AS p
INNER JOIN (
  SELECT {shop:String} AS shop, toDate(window_start, {zone:String}) AS day, visitors_state
  FROM v_daily_active WHERE shop = {shop:String} AND window_start >= fromUnixTimestamp64Milli({from:Int64}) - INTERVAL 31 DAY AND window_start < fromUnixTimestamp64Milli({to:Int64})
) AS d ON d.shop = p.shop
WHERE d.day <= p.day AND d.day > p.day - 30
GROUP BY window_start`
