package metrics

import (
	"testing"

	"pgregory.net/rapid"

	"tidemark/processors/wire"
	"tidemark/schemas"
)

func TestVisitRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String()
		click := func() *schemas.Click {
			return &schemas.Click{
				Envelope: schemas.Envelope{Shop: text.Draw(t, "shop"), Market: text.Draw(t, "market"), Type: rapid.SampledFrom([]string{
					schemas.ClickPageView, schemas.ClickPurchase, schemas.ClickViewItem, schemas.ClickAddToCart, schemas.ClickBeginCheckout}).Draw(t, "type")},
				Channel: text.Draw(t, "channel"), Campaign: text.Draw(t, "campaign"), Device: text.Draw(t, "device"), PageType: text.Draw(t, "page type"),
			}
		}
		v := visitOf(click(), 1000)
		for i := range rapid.IntRange(0, 9).Draw(t, "events") {
			next := visitOf(click(), schemas.Millis(2000+i))
			mergeVisit(&v, &next)
		}
		r := wire.NewReader(appendVisit(nil, &v))
		if got := readVisit(r); !r.Done() || got != v {
			t.Fatalf("%+v came back as %+v", v, got)
		}
	})
}

// Every group of the catalogue can be kept in snapshots.
func TestVisitsCanBeWritten(t *testing.T) {
	if v := visits(); v.Append == nil || v.Read == nil {
		t.Error("visits cannot be written: the slow group would replay hours at every change of owner")
	}
}
