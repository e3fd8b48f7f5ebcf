package ingest

import "net/http"

// amplitude is Amplitude's HTTP API v2. The project's API key is the write key. Identify calls carry user properties,
// which are not kept.
func amplitude() *api {
	max := limits{body: 1 << 20, event: 1 << 20, events: 2_000, status: http.StatusRequestEntityTooLarge}
	in := shape{batch: "events", key: "api_key", sentAt: "client_upload_time"}
	return &api{
		dialect: dialectAmplitude,
		route:   "httpapi",
		media:   []string{"application/json", "text/plain"},
		limits:  max,
		key:     headerKey,
		split:   func(_ *http.Request, body []byte) (envelope, *refusal) { return in.split(body, max) },
		read:    (*reader).amplitude,
		done: func(in *intake) answer {
			return answer{http.StatusOK, amplitudeAnswer{Code: http.StatusOK, Events: in.counts.events(), Bytes: in.loan.read, Time: int64(in.received)}}
		},
	}
}

// amplitudeAnswer is what Amplitude's SDKs expect of a success.
type amplitudeAnswer struct {
	Code   int   `json:"code"`
	Events int   `json:"events_ingested"`
	Bytes  int64 `json:"payload_size_bytes"`
	Time   int64 `json:"server_upload_time"` // milliseconds
}

// amplitudeRefusal is what Amplitude's SDKs read of a refusal: they go by the code in the body and not by the status.
type amplitudeRefusal struct {
	Code      int    `json:"code"`
	Error     string `json:"error"`
	RequestID string `json:"request_id"`
}

// amplitudeRefused makes the SDKs halve a batch that is too large, and give up at once where the key is wrong; by any other
// code they send the same again, twelve times.
func amplitudeRefused(r *refusal, requestID string) amplitudeRefusal {
	out := amplitudeRefusal{Code: r.status, Error: r.code, RequestID: requestID}
	if r.status == http.StatusUnauthorized || r.status == http.StatusForbidden {
		out.Error = "Invalid API key: " + r.code
	}
	return out
}

func (r *reader) amplitude(m *message) error {
	err := r.object(func(name []byte) error {
		if dst := amplitudeText(m, string(name)); dst != nil {
			return r.text(dst)
		}
		switch string(name) {
		case "time":
			return r.millis(&m.at)
		case "event_properties":
			return r.object(func(name []byte) error { return r.amplitudeProperty(m, name) })
		case "price":
			return r.amount("price", &m.properties.price)
		case "revenue":
			return r.amount("revenue", &m.properties.revenue)
		case "quantity":
			return r.count("quantity", 1, &m.properties.quantity)
		case "event_id", "plan", "ingestion_metadata", "partner_id", "user_properties", "groups", "group_properties", "session_id":
			return r.dec.SkipValue()
		}
		return r.drop(name)
	})
	m.kind, m.event = amplitudeCall(m.event)
	return err
}

func amplitudeText(m *message, name string) *string {
	switch name {
	case "event_type":
		return &m.event
	case "user_id":
		return &m.userID
	case "device_id":
		return &m.anonymousID
	case "insert_id":
		return &m.messageID
	case "productId":
		return &m.properties.productID
	case "currency":
		return &m.properties.currency
	case "language":
		return &m.context.locale
	case "platform":
		return &m.context.device
	case "user_agent":
		return &m.context.userAgent
	case "ip":
		return &m.context.ip
	}
	return nil
}

// amplitudeCall gives the names that Amplitude's SDKs reserve their meaning.
func amplitudeCall(event string) (kind, name string) {
	switch event {
	case "[Amplitude] Page Viewed":
		return callPage, ""
	case "$identify":
		return callIdentify, ""
	case "$groupidentify":
		return callGroup, ""
	}
	return callTrack, event
}

func (r *reader) amplitudeProperty(m *message, name []byte) error {
	c, p := &m.context, &m.properties
	switch string(name) {
	case "[Amplitude] Page Location", "[Amplitude] Page URL":
		return r.text(&c.url)
	case "[Amplitude] Page Path":
		return r.text(&c.path)
	case "referrer":
		return r.text(&c.referrer)
	case "$productId":
		return r.text(&p.productID)
	case "$price":
		return r.amount("price", &p.price)
	case "$revenue":
		return r.amount("revenue", &p.revenue)
	case "$quantity":
		return r.count("quantity", 1, &p.quantity)
	}
	if dst := c.campaignParameter(string(name)); dst != nil {
		return r.text(dst)
	}
	return r.property(p, name)
}
