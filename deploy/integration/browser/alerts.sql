-- The alerts that the past of history.sql would have had: one incident of the tea shop that came, was taken and went three
-- hours ago, and two of the playground, which sends nothing, so that nothing but a person ends them. {now} is in seconds,
-- {speed} as in history.sql. The readings give the boards their bands.

INSERT INTO alert_events (incident, id, at, kind, rule, series, shop, team, tier, actor, note, window_start, actual, expected, samples, span, sigma, basis, open, ver)
SELECT incident, concat(kind, '-', toString(seconds)), toDateTime64({now} - seconds, 3, 'UTC') AS moment, kind, rule, shop, shop, team, tier, actor, note,
  moment - toIntervalMinute(2), actual, expected, expected, 5, sigma, 'cold', false, toUnixTimestamp64Milli(moment)
FROM values('incident String, rule String, shop String, team String, kind String, seconds Int64, tier String, actor String, note String, actual Float64, expected Float64, sigma Float64',
  ('paid_orders_fall-seed-1', 'paid_orders_fall', 'chaye', 'trade', 'opened', 10800, 'yellow', 'evaluator', '', 61, 430, 4.8),
  ('paid_orders_fall-seed-1', 'paid_orders_fall', 'chaye', 'trade', 'escalated', 10680, 'orange', 'evaluator', '', 0, 430, 9.2),
  ('paid_orders_fall-seed-1', 'paid_orders_fall', 'chaye', 'trade', 'acknowledged', 10500, 'orange', '李伟', '已联系支付服务商', 0, 0, 0),
  ('paid_orders_fall-seed-1', 'paid_orders_fall', 'chaye', 'trade', 'resolved', 9300, 'green', 'evaluator', '', 418, 430, 0.3),
  ('traffic_falls-seed-2', 'traffic_falls', 'playground', 'growth', 'opened', 1500, 'yellow', 'evaluator', '', 88, 240, 4.9),
  ('ctr_falls-seed-3', 'ctr_falls', 'playground', 'marketing', 'opened', 720, 'yellow', 'evaluator', '', 0.021, 0.118, 5.1),
  ('ctr_falls-seed-3', 'ctr_falls', 'playground', 'marketing', 'escalated', 600, 'orange', 'evaluator', '', 0.009, 0.118, 6.7)) AS e;

INSERT INTO alert_readings (window_start, rule, series, shop, actual, samples, expected, yellow_low, yellow_high, orange_low, orange_high, sigma, score, span,
  span_actual, span_expected, tier, basis, open, ver)
SELECT window_start, rule, shop, shop, actual, usual, usual, falls ? greatest(usual - 4.5 * s, 0) : nan, falls ? nan : usual + 4.5 * s, falls ? greatest(usual - 6 * s, 0) : nan, falls ? nan : usual + 6 * s,
  0, 0.1, 1, actual, usual, 'green', 'cold', false, 1
FROM (
  SELECT *, if(shop = 'chaye', 1, 0.55) * usual_of_one AS expects, if(ratio, usual_of_one, expects) AS usual, if(ratio, 0.12 * usual, sqrt(usual) + 0.08 * usual) AS s
  FROM (
    SELECT window_start, shop, 'paid_orders_fall' AS rule, true AS falls, false AS ratio, toFloat64(sum(paid_orders)) AS actual, 29 * {speed} AS usual_of_one FROM v_trade GROUP BY window_start, shop
    UNION ALL SELECT window_start, shop, 'orders_surge', false, false, toFloat64(sum(orders)), 31 * {speed} FROM v_trade GROUP BY window_start, shop
    UNION ALL SELECT window_start, shop, 'traffic_falls', true, false, toFloat64(sum(views)), 1000 * {speed} FROM v_page_views GROUP BY window_start, shop
    UNION ALL SELECT window_start, shop, 'ctr_falls', true, true, sum(clicked) / sum(shown), 0.12 FROM v_ctr GROUP BY window_start, shop
    UNION ALL SELECT window_start, shop, 'conversion_falls', true, true, sum(purchases) / sum(viewed), 0.17 FROM v_checkout_funnel GROUP BY window_start, shop
    UNION ALL SELECT window_start, shop, 'bounce_rises', false, true, sum(bounced) / sum(sessions), 0.36 FROM v_sessions GROUP BY window_start, shop
  )
  WHERE window_start < fromUnixTimestamp({now}) - INTERVAL 2 MINUTE
);
