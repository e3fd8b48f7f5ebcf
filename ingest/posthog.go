package ingest

import (
	"cmp"
	"net/http"
)

// posthog is PostHog's capture API: one event, a batch, or a bare array, gzip where the query says so. The project's
// API key is the write key. Its limits are 1 MB for an event and 20 MB for a request.
func posthog() *api {
	max := limits{body: 20 << 20, event: 1 << 20, events: 10_000, status: http.StatusRequestEntityTooLarge}
	in := shape{batch: "batch", single: true, list: true, key: "api_key", sentAt: "sent_at"}
	return &api{
		dialect: dialectPostHog,
		route:   "capture",
		media:   []string{"application/json", "text/plain", "application/x-www-form-urlencoded"},
		limits:  max,
		key:     headerKey,
		packed: func(r *http.Request) bool {
			how := r.URL.Query().Get("compression")
			return how == "gzip" || how == "gzip-js"
		},
		eventKey: (*reader).posthogKey,
		split:    func(_ *http.Request, body []byte) (envelope, *refusal) { return in.split(body, max) },
		read:     (*reader).posthog,
		done:     func(*intake) answer { return answer{http.StatusOK, posthogAnswer{1}} },
	}
}

// posthogPaths are those of PostHog's SDKs, old and new.
func posthogPaths() []string {
	return []string{"/batch", "/batch/{$}", "/capture", "/capture/{$}", "/e", "/e/{$}", "/i/v0/e", "/i/v0/e/{$}"}
}

type posthogAnswer struct {
	Status int `json:"status"`
}

// posthogFlags answers SDKs that ask for feature flags: there are none.
func posthogFlags(*http.Request) (answer, error) {
	return answer{http.StatusOK, struct {
		Flags map[string]bool `json:"flags"`
	}{map[string]bool{}}}, nil
}

// posthogKey is the key of an event that carries its own, under one of three names.
func (r *reader) posthogKey() string {
	var key, token, inner string
	_ = r.object(func(name []byte) error { // what is no event is refused elsewhere
		switch string(name) {
		case "api_key":
			return r.text(&key)
		case "token":
			return r.text(&token)
		case "properties":
			return r.object(func(name []byte) error {
				if string(name) == "token" {
					return r.text(&inner)
				}
				return r.dec.SkipValue()
			})
		}
		return r.dec.SkipValue()
	})
	return cmp.Or(key, token, inner)
}

// posthogIdentity is who PostHog says it was. In a browser the device id stays and the distinct id changes at the login; on
// a server there is but the distinct id.
type posthogIdentity struct{ distinct, device, before, alias, user string }

func (r *reader) posthog(m *message) error {
	var who posthogIdentity
	err := r.object(func(name []byte) error {
		switch string(name) {
		case "event":
			return r.text(&m.event)
		case "distinct_id":
			return r.text(&who.distinct)
		case "uuid":
			return r.text(&m.messageID)
		case "timestamp":
			return r.text(&m.timestamp)
		case "properties":
			return r.object(func(name []byte) error { return r.posthogProperty(m, &who, name) })
		case "offset":
			return r.measure(&m.age)
		case "api_key", "token", "sent_at", "historical_migration":
			return r.dec.SkipValue()
		}
		return r.drop(name)
	})
	if m.event == "$create_alias" { // of a person's two ids; SDKs differ in which is the older one
		who.before = who.alias
	}
	m.anonymousID = cmp.Or(who.device, who.before, who.distinct)
	m.userID = who.user
	if who.distinct != m.anonymousID {
		m.userID = cmp.Or(m.userID, who.distinct)
	}
	m.kind, m.event = posthogCall(m.event)
	return err
}

// posthogCall gives the names that PostHog's SDKs reserve their meaning.
func posthogCall(event string) (kind, name string) {
	switch event {
	case "$pageview":
		return callPage, ""
	case "$screen":
		return callScreen, ""
	case "$identify", "$create_alias", "$merge_dangerously", "$set":
		return callIdentify, ""
	case "$groupidentify":
		return callGroup, ""
	case "$web_vitals":
		return callTrack, webVitals
	case "$exception":
		return callTrack, jsError
	case "$feature_flag_called":
		return callTrack, "Experiment Viewed"
	}
	return callTrack, event
}

func (r *reader) posthogProperty(m *message, who *posthogIdentity, name []byte) error {
	if dst := posthogText(m, who, string(name)); dst != nil {
		return r.text(dst)
	}
	switch string(name) {
	case "$feature_flag_response":
		return r.anyText(&m.properties.variation)
	case "$web_vitals_LCP_value":
		return r.measure(&m.properties.measures.lcp)
	case "$web_vitals_INP_value":
		return r.measure(&m.properties.measures.inp)
	case "$web_vitals_CLS_value":
		return r.measure(&m.properties.measures.shift)
	case "token", "$lib", "$lib_version", "$is_server", "$geoip_disable", "$set", "$set_once", "$process_person_profile":
		return r.dec.SkipValue()
	}
	return r.property(&m.properties, name)
}

func posthogText(m *message, who *posthogIdentity, name string) *string {
	c := &m.context
	switch name {
	case "$device_id":
		return &who.device
	case "$anon_distinct_id":
		return &who.before
	case "alias":
		return &who.alias
	case "$user_id":
		return &who.user
	case "$insert_id":
		if m.messageID == "" {
			return &m.messageID
		}
	case "$session_id":
		return &m.properties.sessionID
	case "$current_url":
		return &c.url
	case "$pathname":
		return &c.path
	case "$referrer":
		return &c.referrer
	case "$screen_name":
		return &m.name
	case "$raw_user_agent", "$useragent":
		return &c.userAgent
	case "$device_type":
		return &c.device
	case "$browser_language":
		return &c.locale
	case "$ip":
		return &c.ip
	case "$exception_message":
		return &m.properties.message
	case "$feature_flag":
		return &m.properties.experiment
	}
	return c.campaignParameter(name)
}
