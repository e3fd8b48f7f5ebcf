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

  live page   http://%s/        metrics  http://%s/metrics
  collector   http://%s         Segment API and NDJSON; shop "playground" is yours: key pk_demo_playground
  ClickHouse  http://%s         user default, no password, database tidemark
  Kafka       127.0.0.1:%d

  send   curl -u pk_demo_playground: -H 'Content-Type: application/json' http://%s/v1/track \
           -d '{"anonymousId":"me","event":"Product Viewed","properties":{"product_id":"p1","price":9.5}}'
  query  curl 'http://%s/?database=tidemark' --data-binary \
           "SELECT window_start, shop, sum(views) AS views FROM v_page_views WHERE complete GROUP BY 1, 2 ORDER BY 1 DESC LIMIT 6 FORMAT PrettyCompact"

`, simulator, d.Data, d.page(), d.page(), d.collector(), d.engine(), d.kafkaPort(), d.collector(), d.engine())
}
