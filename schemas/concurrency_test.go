package schemas

import (
	"sync"
	"testing"
)

// Decoder, Encoder and Shops say that any number of goroutines may use one; the race detector checks the claim.
func TestSharedByGoroutines(t *testing.T) {
	dec, enc, shops := must(NewDecoder[Click]()), must(NewEncoder[Click]()), must(LoadShops("testdata/shops.yaml"))
	full := filled[Click]()
	record := enc.Append(nil, &full)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 200 {
				var e Click
				if err := dec.Decode(record, &e); err != nil || !equalEvents(e, full) {
					t.Errorf("%+v, %v", e, err)
				}
				if out := enc.Append(nil, &e); string(out) != string(record) {
					t.Errorf("%s, want %s", out, record)
				}
				if shop, _, ok := shops.ByKey("pk-de-main-1234"); !ok || shop.ID != "de-main" || len(shops.All()) != 2 {
					t.Errorf("shop %v, %v", shop, ok)
				}
			}
		})
	}
	group.Wait()
}
