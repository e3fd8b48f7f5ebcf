package demo

import "fmt"

// welcome says where everything is, and how to try it.
func (d *demo) welcome() string {
	simulator := fmt.Sprintf("about %.0f events per second from simulated shops", d.Rate*d.Speed)
	if d.NoSimulator {
		simulator = "no simulator: send your own events"
	}
	return fmt.Sprintf(`
tidemark is running (%s; data in %s; Ctrl-C stops)

  boards      http://%s/?from=now-15m      中文: http://%s/?from=now-15m&lang=zh
  collector   http://%s       Segment API and NDJSON; shop "playground" is yours: key pk_demo_playground
  ClickHouse  http://%s       user default, no password, database tidemark
  Kafka       127.0.0.1:%d
  metrics     http://%s/metrics

  send   curl -u pk_demo_playground: -H 'Content-Type: application/json' http://%s/v1/track \
           -d '{"anonymousId":"me","event":"Product Viewed","properties":{"product_id":"p1","price":9.5}}'
  query  curl 'http://%s/?database=tidemark' --data-binary \
           "SELECT window_start, shop, sum(views) AS views FROM v_page_views WHERE complete GROUP BY 1, 2 ORDER BY 1 DESC LIMIT 6 FORMAT PrettyCompact"
%s
`, simulator, d.Data, d.page(), d.page(), d.collector(), d.engine(), d.kafkaPort(), d.page(), d.collector(), d.engine(), d.outageHint())
}

// outageHint says how to see an alert.
func (d *demo) outageHint() string {
	switch {
	case d.stage == nil:
		return ""
	case d.Incident != "":
		return fmt.Sprintf(`
  alert  a payment outage of %.0f minutes begins by itself as soon as paid orders have a normal, about 13 minutes after a fresh start
`, outageLength.Minutes())
	}
	return fmt.Sprintf(`
  alert  curl -H 'Content-Type: application/json' -H 'X-Tidemark: 1' -d '{"run":true}' http://%s/api/demo/incidents/%s
           lets all payments fail, as the button on the page does; paid orders need about 13 minutes for a normal to fall from
`, d.page(), PaymentOutage)
}
