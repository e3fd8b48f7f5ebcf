-- What the demo's shops would have done before the demo was started: as many visits, orders and clicks per minute as the
-- simulator makes, and one failure of payments. {from} and {to} are seconds, {speed} is the simulator's. Rows say part 1,
-- which no partition of a topic is. Statements end with a semicolon at the end of a line.
--
-- So that nothing jumps where the simulator takes over, the past reaches beyond {to}: views for the minute in which it
-- starts, orders until the first visitors have come to the checkout, sessions until the first of them close.

CREATE OR REPLACE VIEW seed_minutes AS
SELECT toDateTime64({from} + 60 * number, 3, 'UTC') AS at, shop, market, currency, channel, campaign, cityHash64(at, shop, channel) AS dice,
  shop = 'chaye' AND toUnixTimestamp(at) BETWEEN {to} - 10860 AND {to} - 9420 AS outage,
  greatest(intDiv(toUnixTimestamp(at) - {to}, 60) + 1, 0) AS ahead,
  {speed} * size * share * (1 + sin(2 * pi() * (toUnixTimestamp(at) % 600) / 600) / 3) AS crowd
FROM numbers(intDiv({to} - {from}, 60) + 40) AS n,
  values('shop String, market String, currency String, size Float64', ('chaye', 'cn', 'CNY', 1), ('kiefer', 'de', 'EUR', 0.55)) AS s,
  values('channel String, campaign String, share Float64', ('direct', '', 0.25), ('paid_search', 'brand-search', 0.18),
    ('email', 'spring-sale', 0.1), ('paid_social', 'live-room-8', 0.16), ('social', 'creator-lin', 0.09),
    ('display', 'retarget-cart', 0.08), ('referral', 'friends', 0.06), ('organic_search', '', 0.08)) AS w;

INSERT INTO m_page_views (window_start, shop, market, channel, device, page_type, part, ver, views, visitors, visitors_ids)
SELECT at, shop, market, channel, device, page_type, 1, 1, toInt64(1000 * crowd * part + dice % 100 / 100) AS n,
  toUInt64(intDiv(n * 7, 10)) AS v, arrayMap(i -> cityHash64(dice, device, page_type, i), range(v))
FROM seed_minutes, values('device String, page_type String, part Float64', ('mobile', 'home', 0.2), ('mobile', 'list', 0.15),
  ('mobile', 'product', 0.25), ('desktop', 'home', 0.1), ('desktop', 'product', 0.2), ('tablet', 'checkout', 0.1)) AS k
WHERE ahead <= 1;

INSERT INTO m_ctr (window_start, shop, market, channel, campaign, part, ver, shown, clicked, unmatched)
SELECT at, shop, market, channel, campaign, 1, 1, toInt64(350 * crowd + dice % 100 / 100) AS n, toInt64(n * (0.1 + dice % 5 / 100)), 0
FROM seed_minutes
WHERE ahead <= 1;

INSERT INTO m_trade (window_start, shop, market, channel, currency, part, ver, orders, gmv, buyers, buyers_ids, paid_orders, paid, paid_units,
  paying_buyers, paying_buyers_ids, refunded)
SELECT at, shop, market, channel, currency, 1, 1, toInt64(if(ahead = 2, 12, 31) * crowd + dice % 100 / 100) AS n, n * toDecimal128(389.5, 6), n,
  arrayMap(i -> cityHash64(dice, i), range(toUInt64(n))), toInt64(if(outage, 0, n * 0.93 + dice % 97 / 97)) AS p, p * toDecimal128(389.5, 6), 2 * p, p,
  arrayMap(i -> cityHash64(dice, i), range(toUInt64(p))), 0
FROM seed_minutes
WHERE ahead <= 2;

INSERT INTO m_sessions (window_start, shop, market, channel, device, landing_page_type, part, ver, sessions, bounced, single_page, pages, dwell_ms)
SELECT at, shop, market, channel, device, page_type, 1, 1, toInt64(340 * crowd * part + dice % 100 / 100) AS n,
  toInt64(n * 0.36 + dice % 97 / 97), toInt64(n * 0.41 + dice % 97 / 97), n * 3, n * 48000
FROM seed_minutes, values('device String, page_type String, part Float64', ('mobile', 'home', 0.4), ('desktop', 'home', 0.3), ('mobile', 'product', 0.3)) AS k;

INSERT INTO m_checkout_funnel (window_start, shop, market, channel, campaign, device, part, ver, viewed, carted, checkouts, payments, purchases,
  to_cart_ms, to_checkout_ms, to_payment_ms, to_purchase_ms)
SELECT at, shop, market, channel, campaign, device, 1, 1, toInt64(210 * crowd * part + dice % 100 / 100) AS n,
  toInt64(n * 0.42 + dice % 97 / 97) AS c, toInt64(c * 0.62 + dice % 89 / 89) AS o, toInt64(o * 0.8 + dice % 83 / 83) AS p,
  toInt64(p * 0.82 + dice % 79 / 79), c * 15000, o * 9000, p * 14000, p * 5000
FROM seed_minutes, values('device String, part Float64', ('mobile', 0.55), ('desktop', 0.45)) AS k;

-- The raw events of the last minutes, which the demo holds against the truth too.
INSERT INTO events_clickstream (shop, type, occurred_at, received_at, event_id, anonymous_id, part, offset)
SELECT shop, 'page_view', window_start + toIntervalMillisecond(i) AS happened, happened, concat('seed-', shop, '-', toString(offset)), toString(i), 1,
  toUnixTimestamp(window_start) * 100000 + i AS offset
FROM (SELECT window_start, shop, sum(views) AS views FROM v_page_views GROUP BY window_start, shop)
ARRAY JOIN range(toUInt64(views)) AS i
WHERE window_start >= fromUnixTimestamp({to}) - INTERVAL 20 MINUTE;

DROP VIEW seed_minutes;

INSERT INTO dirty (metric, window_start, part, reason, ver, at)
SELECT 'page_views', toDateTime64({to} - 7200, 3, 'UTC'), 1, 'late', 100, toDateTime64({to} - 7000, 3, 'UTC');

INSERT INTO rebuilt (metric, window_start, part, upto, revision, at)
SELECT 'page_views', toDateTime64({to} - 7200, 3, 'UTC'), 1, 100, 1, toDateTime64({to} - 6960, 3, 'UTC');
