package ingest

import (
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"golang.org/x/text/unicode/norm"

	"tidemark/schemas"
)

// TestNativeTexts holds every text of every family to what other dialects make of it: normal form C, and cut, unless it is an
// id, which is refused.
func TestNativeTexts(t *testing.T) {
	t.Run("clickstream", func(t *testing.T) { nativeTexts[schemas.Click](t, schemas.Clickstream.Name) })
	t.Run("orders", func(t *testing.T) { nativeTexts[schemas.Order](t, schemas.Orders.Name) })
	t.Run("logistics", func(t *testing.T) { nativeTexts[schemas.Parcel](t, schemas.Logistics.Name) })
	t.Run("marketing", func(t *testing.T) { nativeTexts[schemas.Spend](t, schemas.Marketing.Name) })
	t.Run("inventory", func(t *testing.T) { nativeTexts[schemas.Stock](t, schemas.Inventory.Name) })
	t.Run("service", func(t *testing.T) { nativeTexts[schemas.Ticket](t, schemas.Service.Name) })
}

// nativeTexts sends the family's event once for each of its texts, with that one long and in normal form D.
func nativeTexts[E any](t *testing.T, family string) {
	good := map[string]string{
		"clickstream": `{"type":"view_item","anonymous_id":"a"`, "orders": `{"type":"order_placed","order_id":"o","currency":"EUR","total":"1"`,
		"logistics": `{"type":"in_transit","carrier":"c","tracking_id":"t"`, "marketing": `{"type":"spend","campaign":"c"`,
		"inventory": `{"type":"stock_level","warehouse":"w","sku":"s"`, "service": `{"type":"ticket_opened","ticket_id":"t"`,
	}[family] + `,"event_id":"e","occurred_at":"2026-11-22T21:04:49Z"`
	long := strings.Repeat("e\u0301", maxText*2)
	var all []string
	var names func(of reflect.Type, before, after string)
	names = func(of reflect.Type, before, after string) {
		for i := range of.NumField() {
			field := of.Field(i)
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			switch {
			case field.Anonymous:
			case field.Type.Kind() == reflect.String:
				all = append(all, before+`"`+name+`":"`+long+`"`+after)
			case field.Type == reflect.TypeFor[[]string]():
				all = append(all, before+`"`+name+`":["`+long+`"]`+after)
			case field.Type == reflect.TypeFor[[]schemas.Item]():
				names(reflect.TypeFor[schemas.Item](), before+`"currency":"EUR","`+name+`":[{`, `}]`+after)
			}
		}
	}
	names(reflect.TypeFor[E](), "", "")
	for _, text := range all {
		name := strings.ReplaceAll(text, long, "")
		event := good
		if field, _, _ := strings.Cut(name, `:""`); strings.Contains(good, field+":") { // one of those that the event needs
			event = good[:strings.Index(good, field)] + `"zzz"` + good[strings.Index(good, field)+len(field):]
		}
		event += "," + text + "}"
		if strings.Contains(text, `"currency":"EUR"`) {
			event = strings.Replace(event, `"currency":"EUR",`, "", strings.Count(event, `"currency":"EUR",`)-1)
		}
		f := newFixture(t, nil)
		f.post("/v1/events?family="+family, secretKey, event)
		if len(f.kept.recs) != 1 {
			t.Errorf("%s: %d records", name, len(f.kept.recs))
			continue
		}
		r := f.kept.recs[0]
		if r.Topic == schemas.DeadLetterTopic {
			var l Letter
			if err := json.Unmarshal(r.Value, &l); err != nil || l.Kind != KindBadID && l.Kind != KindBadCurrency {
				t.Errorf("%s: %s %s %v", name, l.Kind, l.Reason, err)
			}
			continue
		}
		n := strings.Count(string(r.Value), "\u00e9")
		if n > maxText || !norm.NFC.IsNormal(r.Value) {
			t.Errorf("%s: %d letters are kept", name, n)
		}
	}
}

// TestCleanTextsAllocatesNothing: nearly all texts are clean.
func TestCleanTextsAllocatesNothing(t *testing.T) {
	c := schemas.Click{Slot: "home", Category: "kitchen"}
	if n := testing.AllocsPerRun(100, func() { cleanTexts(maxText, &c.Slot, &c.Category, &c.SKU) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
