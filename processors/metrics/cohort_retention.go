package metrics

import (
	"fmt"
	"time"

	"tidemark/processors"
)

// shownMonths is how many months after the first a table of cohorts shows.
const shownMonths = 12

// cohortRetention is how many of those who bought for the first time in a month buy again in later months.
func cohortRetention() processors.Definition {
	r := processors.Rollup{
		Name: "cohort_retention", Title: text("Cohort retention", "买家留存（按首购月）"),
		Help: "Buyers per month of the shop, by cohort: the month of their first payment.",
		Formula: "cohort = month of a buyer's first payment that is known; retention of month k = buyers of the cohort who pay in its k-th month after / all buyers of the cohort. " +
			"active holds the buyers by k.",
		Owner: "growth", Dims: []string{"cohort"},
		Measures: []processors.MeasureSpec{
			{Name: "new_buyers", Kind: processors.KindCount, Title: text("First buyers", "首购买家")},
			{Name: "buyers", Kind: processors.KindCount, Title: text("Buyers", "购买人数")},
			{Name: "active", Kind: processors.KindQuantile, Title: text("Buyers by month of life", "各月购买人数")},
		},
		RollupSpec: processors.RollupSpec{
			Period: processors.Month, Sources: []string{"orders"}, Refresh: 2 * time.Minute,
			Touch: processors.Touch{In: map[string]string{"orders": payments}, Span: processors.Onward}, SQL: cohortSQL,
		},
	}
	shown := []string{"new_buyers"}
	for k := 1; k <= shownMonths; k++ {
		v := processors.Value{
			Name: fmt.Sprintf("month_%d", k), Title: text(fmt.Sprintf("Month %d", k), fmt.Sprintf("第 %d 月", k)), Unit: "ratio",
			SQL: fmt.Sprintf("if(mapContains(active, toInt32(%[1]d)), active[toInt32(%[1]d)] / nullIf(active[toInt32(0)], 0), NULL)", k),
		}
		r.Values, shown = append(r.Values, v), append(shown, v.Name)
	}
	r.Panels = []processors.Panel{
		{Board: "customers", Section: "cohorts", Kind: processors.Lines, Title: text("First buyers per month", "每月首购买家"), Show: []string{"new_buyers"}, Width: 24},
		{Board: "customers", Section: "cohorts", Kind: processors.Grid, Title: text("Retention by cohort", "群组留存"), Show: shown, By: []string{"cohort"}, Height: 11},
	}
	return processors.DefineRollup(r)
}

// payments are the moments at which somebody new, or somebody earlier, may have bought.
const payments = `SELECT least(occurred_at, append_time) AS at FROM fresh WHERE type = 'order_paid' AND NOT shadow`

// cohortSQL has a row for every cohort and month since, also where nobody of it came back.
var cohortSQL = `SELECT p.begins AS window_start, b.cohort AS cohort, countIf(b.cohort = p.month) AS new_buyers, countIf(has(b.months, p.month)) AS buyers,
  map(toInt32(any(dateDiff('month', toDate(concat(b.cohort, '-01')), toDate(concat(p.month, '-01'))))), toUInt64(countIf(has(b.months, p.month)))) AS active
FROM (SELECT begins, formatDateTime(begins, '%Y-%m', {zone:String}) AS month FROM periods) AS p
CROSS JOIN (
  SELECT formatDateTime(min(at), '%Y-%m', {zone:String}) AS cohort, groupUniqArray(formatDateTime(at, '%Y-%m', {zone:String})) AS months
  FROM ` + orderEvents(`type = 'order_paid' AND buyer != ''`) + `
  GROUP BY buyer
) AS b
WHERE b.cohort <= p.month
GROUP BY window_start, cohort`
