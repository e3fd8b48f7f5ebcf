package ingest

import (
	"errors"
	"strings"
	"testing"

	"tidemark/schemas"
)

// Orders are counted by shop and type, where they come from the source that counts, once Kafka has them.
func TestOrdersAreCounted(t *testing.T) {
	f := newFixture(t, nil)
	of := func(shop, kind string) float64 {
		return counted(t, f.collector.metrics.orders.WithLabelValues(shop, kind))
	}
	completed := product("Order Completed", `"order_id":"o1","total":5`)
	f.must(200, "/v1/track", secretKey, completed)
	if placed, paid := of("alpha", schemas.OrderPlaced), of("alpha", schemas.OrderPaid); placed != 1 || paid != 1 {
		t.Errorf("placed %v, paid %v", placed, paid)
	}
	f.must(200, "/v1/track", publicKey, completed) // a purchase in the clickstream, no order
	f.must(200, "/v1/track", betaKey, completed)   // not beta's authoritative source
	native := `{"event_id":"n1","type":"payment_failed","occurred_at":"2026-11-22T21:04:00Z","order_id":"o2","currency":"EUR"}` + "\n"
	f.must(200, "/v1/events?family=orders", nativeKey, native)                                                     // payments have no authority at alpha
	f.must(200, "/v1/events?family=orders", nativeKey, strings.Replace(native, "payment_failed", "order_paid", 1)) // orders have
	if beta, failed := of("beta", schemas.OrderPlaced), of("alpha", schemas.OrderPaymentFailed); beta != 0 || failed != 1 {
		t.Errorf("placed at a source that does not count: %v; payments failed: %v", beta, failed)
	}
	if paid := of("alpha", schemas.OrderPaid); paid != 1 {
		t.Errorf("paid %v, of which those of a source that does not count", paid)
	}
	if of("alpha", schemas.OrderPlaced) != 1 {
		t.Error("a purchase counted as an order")
	}
	f.kept.err = errors.New("no broker")
	f.must(503, "/v1/track", secretKey, product("Order Completed", `"order_id":"o3","total":5`))
	if of("alpha", schemas.OrderPaid) != 1 {
		t.Error("an order counted that Kafka has not taken")
	}
}
