package dashboards

import (
	"strings"
	"testing"

	"tidemark/processors"
	"tidemark/processors/metrics"
)

func spec(t *testing.T, name string) *processors.Spec {
	t.Helper()
	c := metrics.All()
	for i := range c {
		if c[i].Name == name {
			return &c[i].Spec
		}
	}
	t.Fatalf("no metric %s", name)
	return nil
}

// The texts stand here in full once for each way of reading: what reaches ClickHouse is worth a look at every change.
func TestReadSQL(t *testing.T) {
	ctr, trade := reading{spec: spec(t, "ctr"), vars: []string{"channel", "campaign"}}, reading{spec: spec(t, "trade"), vars: []string{"campaign"}}
	chosen := `t.shop = ${shop:singlequote}
    AND $__conditionalAll(t.channel IN (${channel:singlequote}), $channel)
    AND $__conditionalAll(t.campaign IN (${campaign:singlequote}), $campaign)`
	for _, tt := range []struct{ name, got, want string }{
		{"a table of the range", ctr.over(&processors.Panel{Kind: processors.Grid, Show: []string{"ctr", "shown"}, By: []string{"campaign"}}, 7), `SELECT campaign, clicked / nullIf(shown, 0) AS ctr, shown AS shown
FROM (
  SELECT t.campaign AS campaign, sum(t.shown) AS shown, sum(t.clicked) AS clicked
  FROM v_ctr AS t
  WHERE $__timeFilter(t.window_start)
    AND t.complete
    AND ` + chosen + `
  GROUP BY campaign
)
ORDER BY ctr DESC, campaign
LIMIT 7`},
		{"the day so far", trade.over(&processors.Panel{Kind: processors.Grid, Show: []string{"paid"}, By: []string{"currency"}, Today: true}, 9), `WITH (SELECT begins FROM shop_days FINAL WHERE shop = ${shop:singlequote} AND begins <= now64(3) AND ends > now64(3) LIMIT 1) AS today_begins,
  (SELECT ends FROM shop_days FINAL WHERE shop = ${shop:singlequote} AND begins <= now64(3) AND ends > now64(3) LIMIT 1) AS today_ends
SELECT currency, toFloat64(paid) AS paid
FROM (
  SELECT t.currency AS currency, sum(t.paid) AS paid
  FROM v_trade AS t
  WHERE t.window_start >= today_begins
    AND t.window_start < today_ends
    AND t.shop = ${shop:singlequote}
  GROUP BY currency
)
ORDER BY paid DESC, currency
LIMIT 9`},
		{"people of the day, in complete windows", trade.over(&processors.Panel{Kind: processors.Grid, Show: []string{"paying_buyers"}, Today: true}, 9), `WITH (SELECT begins FROM shop_days FINAL WHERE shop = ${shop:singlequote} AND begins <= now64(3) AND ends > now64(3) LIMIT 1) AS today_begins,
  (SELECT ends FROM shop_days FINAL WHERE shop = ${shop:singlequote} AND begins <= now64(3) AND ends > now64(3) LIMIT 1) AS today_ends
SELECT paying_buyers AS paying_buyers
FROM (
  SELECT uniqMerge(t.paying_buyers_state) + sumIf(t.paying_buyers, NOT t.complete) AS paying_buyers
  FROM v_trade AS t
  WHERE t.window_start >= today_begins
    AND t.window_start < today_ends
    AND t.complete
    AND t.shop = ${shop:singlequote}
)`},
		{"bars that lead on, under labels", trade.over(&processors.Panel{Kind: processors.Bars, Show: []string{"orders"}, By: []string{"channel"}, Drill: "marketing"}, 5), `SELECT channel, channel AS channel_label, orders AS orders
FROM (
  SELECT t.channel AS channel, sum(t.orders) AS orders
  FROM v_trade AS t
  WHERE $__timeFilter(t.window_start)
    AND t.complete
    AND t.shop = ${shop:singlequote}
    AND t.channel != ''
  GROUP BY channel
)
ORDER BY orders DESC, channel
LIMIT 5`},
		{"over time", ctr.lines(&processors.Panel{Kind: processors.Lines, Show: []string{"shown"}}), `WITH toStartOfInterval(greatest($__fromTime, assumeNotNull((SELECT min(window_start) FROM m_ctr)) + toIntervalMillisecond(60000) + toIntervalSecond($__interval_s - 1)), INTERVAL $__interval_s second) AS first,
  greatest(first, toStartOfInterval(greatest($__fromTime, least($__toTime, assumeNotNull((SELECT min(m) FROM v_watermarks WHERE ` + "`group`" + ` = 'tidemark-fast' AND topic = 'tidemark.clickstream')) - toIntervalMillisecond(60000))), INTERVAL $__interval_s second)) AS until
SELECT time, shown AS shown
FROM (
  SELECT $__timeInterval(t.window_start) AS time, toFloat64(sum(t.shown)) * 60 / $__interval_s AS shown
  FROM v_ctr AS t
  WHERE t.window_start >= first
    AND t.window_start < until
    AND t.complete
    AND ` + chosen + `
  GROUP BY time
)
ORDER BY time WITH FILL FROM first TO until STEP $__interval_s`},
		{"the band of an alert", ctr.band("ctr_falls"), `SELECT $__timeInterval(t.window_start) AS time, avg(t.expected) AS expected, avg(t.yellow_low) AS yellow_low, avg(t.yellow_high) AS yellow_high, avg(t.orange_low) AS orange_low, avg(t.orange_high) AS orange_high
FROM v_alert_readings AS t
WHERE $__timeFilter(t.window_start)
  AND t.rule = 'ctr_falls'
  AND t.shop = ${shop:singlequote}
  AND t.series = t.shop
  AND $__conditionalAll(0, $channel)
  AND $__conditionalAll(0, $campaign)
GROUP BY time
ORDER BY time`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", tt.got, tt.want)
			}
		})
	}
}

// A ratio in a time series is merged first: only what is shown as it is becomes one window's worth.
func TestLinesDivideSums(t *testing.T) {
	sql := reading{spec: spec(t, "ctr")}.lines(&processors.Panel{Kind: processors.Lines, Show: []string{"ctr"}})
	if !strings.Contains(sql, "sum(t.shown) AS shown, sum(t.clicked) AS clicked") || strings.Contains(sql, "* 60") {
		t.Error(sql)
	}
}
