package ingest

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"tidemark/schemas"
)

// clientVoices are the dialects that have write keys.
func clientVoices() []*voice {
	out := []*voice{
		{name: "segment", path: "/v1/batch", body: segmentBatch, limit: segmentBody, batch: segmentEvents, member: "anonymousId"},
		{name: "jitsu", path: "/api/s/s2s/batch", body: segmentBatch, limit: segmentBody, batch: segmentEvents, member: "anonymousId",
			key: func(r *http.Request, key string) { r.Header.Set("X-Write-Key", key) }},
		{name: "posthog", path: "/batch/", body: posthogBody, limit: 20 << 20, batch: 10_000, member: "distinct_id"},
		{name: "amplitude", path: "/2/httpapi", body: amplitudeBody, at: millis, limit: 1 << 20, batch: 2_000, member: "device_id"},
		{name: "ga4", path: "/mp/collect", body: ga4Body, at: micros, limit: 130 << 10, batch: 25, member: "client_id", shared: true,
			has: "visitor at name price quantity currency campaign query extra",
			key: func(r *http.Request, key string) { r.URL.RawQuery = "measurement_id=G-1&api_secret=" + key }},
		{name: "snowplow POST", path: snowplowPost, body: snowplowBody, at: millis, limit: 1 << 20, batch: 1_000, member: "duid", nested: true,
			has: "id visitor at name price quantity currency campaign agent extra"},
		{name: "snowplow GET", path: snowplowPixel, body: snowplowQuery, at: millis, member: "duid", nested: true,
			has: "id visitor at name price quantity currency campaign agent extra"},
		{name: "cloudevents structured", path: "/cloudevents", media: cloudEvent, body: func(all ...wording) string { return cloudBody(&all[0]) }, limit: nativeBody, member: "source"},
		{name: "cloudevents binary", path: "/cloudevents", body: func(all ...wording) string { return cloudData(&all[0]) }, finish: cloudHeaders, limit: nativeBody, member: "anonymous_id"},
		{name: "cloudevents batch", path: "/cloudevents", media: cloudEventBatch, body: func(all ...wording) string { return "[" + each(all, cloudBody) + "]" }, limit: nativeBody, batch: nativeEvents, member: "source"},
	}
	for _, family := range schemas.FamilyNames() {
		out = append(out, nativeVoice(family))
	}
	for _, v := range out {
		v.column = cmp.Or(v.column, v.name)
		v.media = cmp.Or(v.media, "application/json")
		v.numeric = v.at != nil
		if v.key == nil {
			v.key = basic
		}
		if v.at == nil {
			v.at = rfc3339
		}
		switch {
		case v.has != "":
		case strings.HasPrefix(v.name, "cloudevents"):
			v.has = "id visitor at name price quantity currency campaign query extra"
		default:
			v.has = "id visitor at name price quantity currency campaign query agent extra"
		}
	}
	return out
}

func segmentBatch(all ...wording) string {
	return `{"batch":[` + each(all, func(w *wording) string {
		return object("type", `"track"`, "event", cmp.Or(w.name, `"Product Viewed"`), "messageId", w.id, "anonymousId", w.visitor, "timestamp", w.at, "zzz", w.extra,
			"properties", object("price", w.price, "quantity", w.quantity, "currency", w.currency, "query", w.query),
			"context", object("campaign", object("name", w.campaign), "userAgent", w.agent))
	}) + `]}`
}

func posthogBody(all ...wording) string {
	return `{"batch":[` + each(all, func(w *wording) string {
		return object("event", cmp.Or(w.name, `"Product Viewed"`), "uuid", w.id, "distinct_id", w.visitor, "timestamp", w.at, "zzz", w.extra,
			"properties", object("price", w.price, "quantity", w.quantity, "currency", w.currency, "query", w.query, "utm_campaign", w.campaign, "$raw_user_agent", w.agent))
	}) + `]}`
}

func amplitudeBody(all ...wording) string {
	return `{"events":[` + each(all, func(w *wording) string {
		return object("event_type", cmp.Or(w.name, `"Product Viewed"`), "insert_id", w.id, "device_id", w.visitor, "time", w.at, "user_agent", w.agent, "zzz", w.extra,
			"event_properties", object("price", w.price, "quantity", w.quantity, "currency", w.currency, "query", w.query, "utm_campaign", w.campaign))
	}) + `]}`
}

func ga4Body(all ...wording) string {
	return object("client_id", all[0].visitor, "events", "["+each(all, func(w *wording) string {
		return object("name", cmp.Or(w.name, `"view_item"`), "timestamp_micros", w.at, "zzz", w.extra,
			"params", object("price", w.price, "quantity", w.quantity, "currency", w.currency, "search_term", w.query, "campaign", w.campaign))
	})+"]")
}

// snowplowPairs are the parameters of an event, whose goods stand in a text that is JSON again.
func snowplowPairs(w *wording) []string {
	pairs := []string{"eid", w.id, "duid", w.visitor, "dtm", w.at, "ua", w.agent, "zzz", w.extra}
	if w.campaign != "" {
		pairs = append(pairs, "url", quote("https://shop.example/?utm_campaign="+url.QueryEscape(plain(w.campaign))))
	}
	if w.name != "" {
		return append(pairs, "e", `"se"`, "se_ac", w.name)
	}
	return append(pairs, "e", `"ue"`,
		"ue_pr", quote(`{"data":{"schema":"iglu:`+snowplowShop+`/snowplow_ecommerce_action/jsonschema/1-0-2","data":{"type":"product_view"}}}`),
		"co", quote(`{"data":[{"schema":"iglu:`+snowplowShop+`/product/jsonschema/1-0-0","data":`+object("id", `"p"`, "price", w.price, "quantity", w.quantity, "currency", w.currency)+`}]}`))
}

func snowplowBody(all ...wording) string {
	return `{"data":[` + each(all, func(w *wording) string { return object(snowplowPairs(w)...) }) + `]}`
}

func snowplowQuery(all ...wording) string {
	var out []string
	pairs := snowplowPairs(&all[0])
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out = append(out, pairs[i]+"="+url.QueryEscape(plain(pairs[i+1])))
		}
	}
	return strings.Join(out, "&")
}

func cloudType(w *wording) string {
	if w.name != "" {
		return "shop.clickstream.custom"
	}
	return "shop.clickstream.view_item"
}

func cloudData(w *wording) string {
	return cmp.Or(object("anonymous_id", w.visitor, "name", w.name, "price", w.price, "quantity", w.quantity, "currency", w.currency, "query", w.query, "campaign", w.campaign, "zzz", w.extra), "{}")
}

func cloudBody(w *wording) string {
	return object("specversion", `"1.0"`, "id", w.id, "source", `"/s"`, "type", quote(cloudType(w)), "time", w.at, "data", cloudData(w))
}

func cloudHeaders(r *http.Request, w *wording) {
	for name, text := range map[string]string{"specversion": "1.0", "id": plain(w.id), "source": "/s", "type": cloudType(w), "time": plain(w.at)} {
		if text != "" {
			r.Header.Set("ce-"+name, url.PathEscape(text))
		}
	}
}

// nativeVoice writes one family's lines. visitor stands for what keys the family's records.
func nativeVoice(family string) *voice {
	fields := map[string][]string{ // type, key, price, quantity, free text, other
		"clickstream": {"view_item", "anonymous_id", "price", "quantity", "query", ""},
		"orders":      {"order_cancelled", "order_id", "total", "units", "reason", ""},
		"logistics":   {"delivered", "tracking_id", "cost", "weight_g", "raw_status", `"carrier":"dhl"`},
		"marketing":   {"spend", "campaign", "amount", "conversions", "", ""},
		"inventory":   {"stock_level", "sku", "price", "reserved", "", `"warehouse":"w"`},
		"service":     {"ticket_opened", "ticket_id", "", "score", "title", ""},
	}[family]
	v := &voice{name: "ndjson " + family, column: "ndjson", path: "/v1/events?family=" + family, media: "application/x-ndjson", limit: nativeBody, batch: nativeEvents,
		member: "event_id", has: "id visitor at quantity extra"}
	if fields[2] != "" {
		v.has += " price currency"
	}
	if fields[4] != "" {
		v.has += " query"
	}
	click := family == "clickstream"
	if click {
		v.has += " name campaign"
	}
	v.body = func(all ...wording) string {
		return strings.ReplaceAll(each(all, func(w *wording) string {
			kind, currency := fields[0], w.currency
			if click && w.name != "" {
				kind = "custom"
			}
			if family == "orders" && w.price == "" && currency == "" {
				currency = `"EUR"` // which every order has
			}
			pairs := []string{"event_id", w.id, "type", quote(kind), "occurred_at", w.at, fields[1], w.visitor, "zzz", w.extra, "currency", currency}
			for i, value := range []string{w.price, w.quantity, w.query} {
				if name := fields[2+i]; name != "" {
					pairs = append(pairs, name, value)
				}
			}
			if click {
				pairs = append(pairs, "name", w.name, "campaign", w.campaign)
			}
			if name, value, ok := strings.Cut(fields[5], ":"); ok {
				pairs = append(pairs, plain(name), value)
			}
			return object(pairs...) + "\n"
		}), "\n,", "\n")
	}
	return v
}
