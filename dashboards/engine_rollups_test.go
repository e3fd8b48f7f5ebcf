package dashboards_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tidemark/processors/metrics"
	"tidemark/processors/rollup"
	"tidemark/schemas"
)

// parcels are four that fell due in the last hour: three came in time, one is still on its way.
func (w *world) parcels() []record {
	var out []record
	for i := range 4 {
		id := fmt.Sprintf("JD%d", i)
		promised := w.now.Add(-time.Duration(20+i) * time.Minute)
		scan := func(typ string, at time.Time) {
			ms := schemas.MillisOf(at)
			out = append(out, encoded(logistics, id, &schemas.Parcel{
				Envelope: envelope(id+typ, typ, "chaye", ms), Carrier: "jd", TrackingID: id, Warehouse: "wh1", Region: "gd", PromisedAt: schemas.MillisOf(promised),
			}, ms))
		}
		scan(schemas.ParcelPickedUp, promised.Add(-time.Hour))
		if i > 0 {
			scan(schemas.ParcelDelivered, promised.Add(-5*time.Minute))
		}
	}
	return out
}

// rollUp runs the rollups as they would at now.
func (w *world) rollUp() {
	w.t.Helper()
	file := filepath.Join(w.t.TempDir(), "shops.yaml")
	const shops = "shops:\n  - {id: chaye, zone: Asia/Shanghai, currency: CNY, market: cn, stage: mature}\n  - {id: kiefer, zone: Europe/Berlin, currency: EUR, market: de, stage: new}\n"
	if err := os.WriteFile(file, []byte(shops), 0o600); err != nil {
		w.t.Fatal(err)
	}
	loaded, err := schemas.LoadShops(file)
	if err != nil {
		w.t.Fatal(err)
	}
	r, err := rollup.New(rollup.Config{
		Sink: w.sink, Catalogue: metrics.All(), Shops: func() *schemas.Shops { return loaded }, Log: zerolog.Nop(), Now: func() time.Time { return w.now },
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := r.Once(w.t.Context(), ""); err != nil {
		w.t.Fatal(err)
	}
}

// rollups reads figures by day from the boards. Every order of the world has a buyer of its own.
func rollups(t *testing.T, v *viewer) {
	d := v.draw("customers", "var-shop=chaye")
	wantNumber(t, "customers", stat(t, d["stat Customers"], ""), v.truth.paidOrders["chaye"]+10)
	wantNumber(t, "repeat rate", stat(t, d["stat Share with two or more orders"], ""), 0)
	d = v.draw("customers", "var-shop=chaye&from=now-9d")
	var bought float64
	for _, series := range d["timeseries First buyers per month"].Series {
		for _, p := range series.Points {
			if p[1] != nil {
				bought += *p[1]
			}
		}
	}
	wantNumber(t, "new buyers of all months", &bought, v.truth.paidOrders["chaye"]+10)
	d = v.draw("logistics", "var-shop=chaye")
	wantNumber(t, "on-time rate", stat(t, d["stat On-time rate"], ""), 0.75)
	wantNumber(t, "open past due", stat(t, d["stat Open past due"], ""), 1)
}
