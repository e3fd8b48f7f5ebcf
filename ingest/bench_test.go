//go:build unix

package ingest

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const benchEvents = 100

// discard acknowledges at once: what is left is the collector's own work.
type discard struct{}

func (discard) Produce(context.Context, []*kgo.Record) error { return nil }

// benchBatch is a batch as the SDKs send it: about 700 bytes per event, mostly page and product views.
func benchBatch(gen int) []byte {
	var events []string
	for i := range benchEvents {
		what := `"type":"page","properties":{"path":"/products/mug","url":"https://shop.example.com/products/mug?x=1","title":"Mug","referrer":"https://shop.example.com/"}`
		if i%3 == 1 {
			what = `"type":"track","event":"Product Viewed","properties":{"product_id":"p-100","sku":"MUG-BLUE","name":"Blue mug","category":"kitchen","price":19.99,"quantity":1,"currency":"USD"}`
		}
		if i%10 == 9 {
			what = `"type":"track","event":"Checkout Started","properties":{"order_id":"o","checkout_id":"c","value":47.97,"currency":"USD","products":[{"product_id":"p-100","sku":"MUG","name":"Mug","price":19.99,"quantity":2},{"product_id":"p-200","sku":"TEA","name":"Tea","price":7.99,"quantity":1}]}`
		}
		events = append(events, fmt.Sprintf(`{"timestamp":"2026-11-22T21:04:49.894Z","integrations":{},%s,"context":{"campaign":{"name":"spring","source":"newsletter","medium":"email"},"userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36","locale":"en-US","library":{"name":"@segment/analytics-node","version":"3.1.0"}},"anonymousId":"anon-%06d","userId":"user-0001","messageId":"node-next-1795381476894-a07465ef-%d-%d","_metadata":{"nodeVersion":"v20.20.2","jsRuntime":"node"}}`, what, (gen*benchEvents+i)%5000, gen, i))
	}
	return []byte(`{"batch":[` + strings.Join(events, ",") + `],"writeKey":"pk_recorded","sentAt":"2026-11-22T21:04:49.900Z"}`)
}

func benchNative(gen int) []byte {
	var b bytes.Buffer
	for i := range benchEvents {
		fmt.Fprintf(&b, `{"event_id":"e-%d-%d","type":"view_item","occurred_at":1795381489894,"anonymous_id":"anon-%06d","user_id":"user-0001","page":"/products/mug","page_type":"product","channel":"email","campaign":"spring","utm_source":"newsletter","utm_medium":"email","device":"desktop","locale":"en-US","product_id":"p-100","sku":"MUG-BLUE","category":"kitchen","price":"19.99","quantity":1,"currency":"USD"}`+"\n", gen, i, (gen*benchEvents+i)%5000)
	}
	return b.Bytes()
}

func benchHandler(b *testing.B, path, kind string, body func(int) []byte, change func(*Config)) {
	f := newFixture(b, func(c *Config) {
		c.KeyRate, c.AddressRate = -1, -1
		change(c)
	})
	bodies := [][]byte{body(0), body(1), body(2), body(3)}
	b.SetBytes(int64(len(bodies[0])))
	b.ReportAllocs()
	b.SetParallelism(8)
	before := cpuSeconds(b)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(bodies[i%len(bodies)]))
			r.SetBasicAuth(publicKey, "")
			r.Header.Set("Content-Type", kind)
			if w := f.do(r); w.Code != http.StatusOK {
				b.Errorf("status %d %s", w.Code, w.Body)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)*benchEvents/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(b.N)*benchEvents/(cpuSeconds(b)-before), "events/cpu-s")
}

// cpuSeconds is what the process has used, broker included; unlike wall time it says something on a shared machine.
func cpuSeconds(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

func BenchmarkSegment(b *testing.B) {
	b.Run("discard", func(b *testing.B) {
		benchHandler(b, "/v1/batch", "application/json", benchBatch, func(c *Config) { c.Producer = discard{} })
	})
	b.Run("kfake", func(b *testing.B) {
		cluster := newCluster(b)
		k := newKafka(b, cluster, KafkaConfig{StampTime: true})
		benchHandler(b, "/v1/batch", "application/json", benchBatch, func(c *Config) { c.Producer, c.AckTimeout = k, time.Minute })
	})
}

func BenchmarkNative(b *testing.B) {
	b.Run("discard", func(b *testing.B) {
		benchHandler(b, "/v1/events", "application/x-ndjson", benchNative, func(c *Config) { c.Producer = discard{} })
	})
	b.Run("kfake", func(b *testing.B) {
		cluster := newCluster(b)
		k := newKafka(b, cluster, KafkaConfig{StampTime: true})
		benchHandler(b, "/v1/events", "application/x-ndjson", benchNative, func(c *Config) { c.Producer, c.AckTimeout = k, time.Minute })
	})
}
