package ingest

import (
	"cmp"
	"strings"
	"time"
)

// webhookVoices are the providers of webhooks. The id is the order's, the parcel's or the payment's, and the name a reason
// or a status.
func webhookVoices() []*voice {
	out := []*voice{
		{name: "shopify", topic: "X-Shopify-Topic: orders/cancelled", limit: 4 << 20, member: "id", has: "id visitor at name price quantity currency extra",
			body: func(all ...wording) string {
				w := &all[0]
				return object("id", w.id, "created_at", w.at, "updated_at", w.at, "cancelled_at", w.at, "cancel_reason", w.name, "zzz", w.extra,
					"currency", cmp.Or(w.currency, `"EUR"`), "total_price", cmp.Or(w.price, `"5.00"`), "line_items", "["+object("sku", `"s"`, "price", `"1.00"`, "quantity", cmp.Or(w.quantity, "1"))+"]",
					"note_attributes", "["+object("name", `"tidemark_anonymous_id"`, "value", w.visitor)+"]")
			}},
		{name: "woocommerce", topic: "X-WC-Webhook-Topic: order.updated", at: zoneless(0), limit: 4 << 20, member: "id", has: "id visitor at name price quantity currency extra",
			body: func(all ...wording) string {
				w := &all[0]
				return object("id", w.id, "date_created_gmt", w.at, "date_modified_gmt", w.at, "status", cmp.Or(w.name, `"cancelled"`), "zzz", w.extra,
					"currency", cmp.Or(w.currency, `"EUR"`), "total", cmp.Or(w.price, `"5.00"`), "line_items", "["+object("sku", `"s"`, "price", "1", "quantity", cmp.Or(w.quantity, "1"))+"]",
					"meta_data", "["+object("key", `"tidemark_anonymous_id"`, "value", w.visitor)+"]")
			}},
		{name: "aftership", limit: 1 << 20, member: "tracking_number", has: "id at name extra", parts: true,
			body: func(all ...wording) string {
				w := &all[0]
				return object("event", `"tracking_update"`, "zzz", w.extra, "msg", object("slug", `"ups"`, "tracking_number", w.id, "tag", `"Delivered"`,
					"checkpoints", "["+object("tag", cmp.Or(w.name, `"Delivered"`), "checkpoint_time", w.at)+"]"))
			}},
		{name: "17track", limit: 1 << 20, member: "number", has: "id at name extra", parts: true,
			body: func(all ...wording) string {
				w := &all[0]
				return object("event", `"TRACKING_UPDATED"`, "zzz", w.extra, "data", object("number", w.id, "carrier", "3011", "track_info", object(
					"latest_status", `{"status":"Delivered"}`, "tracking", `{"providers":[{"events":[`+object("time_utc", w.at, "stage", cmp.Or(w.name, `"Delivered"`))+`]}]}`)))
			}},
		{name: "kuaidi100", at: zoneless(8), limit: 1 << 20, member: "nu", has: "id at name extra", parts: true,
			body: func(all ...wording) string {
				w := &all[0]
				return object("status", `"polling"`, "zzz", w.extra, "lastResult", object("com", `"yunda"`, "nu", w.id, "state", `"3"`,
					"data", "["+object("ftime", w.at, "status", cmp.Or(w.name, `"签收"`))+"]"))
			}},
		{name: "easypost", limit: 1 << 20, member: "tracking_code", has: "id at name extra", parts: true,
			body: func(all ...wording) string {
				w := &all[0]
				return object("description", `"tracker.updated"`, "zzz", w.extra, "result", object("tracking_code", w.id, "carrier", `"UPS"`, "status", `"delivered"`,
					"tracking_details", "["+object("datetime", w.at, "status", cmp.Or(w.name, `"delivered"`))+"]"))
			}},
		{name: "stripe", at: seconds, numeric: true, limit: 1 << 20, member: "id", has: "id at name price currency extra",
			body: func(all ...wording) string {
				w := &all[0]
				return object("id", w.id, "type", `"payment_intent.payment_failed"`, "created", w.at, "zzz", w.extra,
					"data", object("object", object("id", w.id, "amount", cmp.Or(w.price, "500"), "currency", cmp.Or(w.currency, `"eur"`), "last_payment_error", object("code", w.name))))
			}},
	}
	for _, v := range out {
		v.provider, v.column = v.name, v.name
		if v.at == nil {
			v.at = rfc3339
		}
	}
	return out
}

// zoneless is a time without zone, some hours east of Greenwich.
func zoneless(hours int) func(time.Time) string {
	return func(t time.Time) string {
		return `"` + strings.Replace(t.UTC().Add(time.Duration(hours)*time.Hour).Format(time.DateTime), " ", "T", 1) + `"`
	}
}
