package dashboards

import (
	"fmt"
	"strings"

	"tidemark/processors"
)

// paidSoFarSQL adds the paid amount up over the part of the business day that the range shows, for three days: each day
// is read by itself, moved on to today's axis, and begins at its own first instant.
func paidSoFarSQL(trade *processors.Spec) string {
	days := []struct {
		name string
		ago  int
	}{{"today", 0}, {"yesterday", 1}, {"week_ago", 7}}
	const nothing = "CAST(NULL AS Nullable(Float64))" // a day without a row has no line
	var with, read, sums []string
	for i, d := range days {
		with = append(with, businessDay(d.name, d.ago))
		values := []string{nothing, nothing, nothing}
		values[i] = "toFloat64(sum(t.paid))"
		read = append(read, fmt.Sprintf("  SELECT toStartOfInterval(toDateTime(t.window_start + toIntervalSecond(dateDiff('second', %[1]s_begins, today_begins))), INTERVAL $__interval_s second) AS time,\n"+
			"    %[2]s AS today_part, %[3]s AS yesterday_part, %[4]s AS week_ago_part\n  FROM %[5]s AS t\n"+
			"  WHERE t.window_start >= %[1]s_begins AND t.window_start < %[1]s_ends AND %[6]s AND t.currency = currency_of\n  GROUP BY time",
			d.name, values[0], values[1], values[2], trade.ViewName(), oneShop))
		sum := fmt.Sprintf("sum(sum(%[1]s_part)) OVER (ORDER BY time) AS %[1]s", d.name)
		if d.ago == 0 {
			sum = "if(time <= now(), sum(sum(today_part)) OVER (ORDER BY time), NULL) AS today"
		}
		sums = append(sums, sum)
	}
	with = append(with, "(SELECT CAST(currency AS String) FROM shops FINAL WHERE shop = ${shop:singlequote} LIMIT 1) AS currency_of")
	return "WITH " + strings.Join(with, ",\n  ") + "\nSELECT * FROM (\nSELECT time, " + strings.Join(sums, ", ") + "\nFROM (\n" +
		strings.Join(read, "\n  UNION ALL\n") + "\n)\nGROUP BY time\n)\nWHERE $__timeFilter(time)\nORDER BY time"
}

// peopleToday counts the distinct people of the shop's day so far. Like shopsSQL it reads the table beneath the view: the
// state of a window stays empty until it is closed, so only people of closed windows are found there.
func peopleToday(s *processors.Spec, measure string) string {
	return fmt.Sprintf("(SELECT uniqMerge(t.%s_state) FROM %s AS t FINAL WHERE t.window_start >= today_begins AND t.window_start < today_ends AND %s)",
		measure, s.TableName(), oneShop)
}

// shopsSQL is one row per shop: the day so far. It reads the tables beneath the views, which merge every window of every
// dimension first: over all shops and a day that costs four times as much. Distinct people are those of closed windows.
func shopsSQL(trade, views *processors.Spec) string {
	days := "(SELECT shop, begins, ends FROM shop_days FINAL WHERE begins <= now64(3) AND ends > now64(3))"
	of := func(s *processors.Spec, columns ...string) string {
		return "(\n  SELECT t.shop AS shop, " + strings.Join(columns, ", ") + "\n  FROM " + s.TableName() + " AS t FINAL\n  INNER JOIN " + days + " AS d ON t.shop = d.shop\n" +
			"  INNER JOIN (SELECT shop, currency FROM shops FINAL) AS s ON t.shop = s.shop\n" +
			"  WHERE t.window_start >= earliest AND t.window_start >= d.begins AND t.window_start < d.ends\n  GROUP BY shop\n)"
	}
	return "WITH (SELECT min(begins) FROM " + days + ") AS earliest\n" +
		"SELECT n.shop AS shop, n.name AS name, o.paid_orders AS paid_orders, o.paid AS paid, n.currency AS currency, v.visitors AS visitors,\n" +
		"  o.paying_buyers / nullIf(v.visitors, 0) AS conversion, a.orange AS orange, a.yellow AS yellow\n" +
		"FROM (SELECT shop, name, currency FROM shops FINAL) AS n\n" +
		"LEFT JOIN " + of(trade, "sum(t.paid_orders) AS paid_orders", "toFloat64(sumIf(t.paid, t.currency = s.currency)) AS paid", "uniqMerge(t.paying_buyers_state) AS paying_buyers") +
		" AS o ON n.shop = o.shop\n" +
		"LEFT JOIN " + of(views, "uniqMerge(t.visitors_state) AS visitors") + " AS v ON n.shop = v.shop\n" +
		"LEFT JOIN (SELECT shop, countIf(tier = 'orange') AS orange, countIf(tier = 'yellow') AS yellow FROM v_incidents WHERE " + isOpen + " GROUP BY shop) AS a ON n.shop = a.shop\n" +
		"ORDER BY orange DESC, yellow DESC, shop\n" + fmt.Sprintf("LIMIT %d", mostRows)
}
