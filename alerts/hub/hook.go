package hub

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"tidemark/alerts"
	"tidemark/alerts/incident"
	"tidemark/schemas"
)

// hook takes the webhook of Grafana or Alertmanager. It answers 503 where what follows could not be stored: the sender
// then sends again, which changes nothing more.
func (h *Hub) hook(w http.ResponseWriter, r *http.Request) {
	source := r.PathValue("source")
	if source != incident.Grafana && source != incident.Manager {
		fail(w, http.StatusNotFound, "no such hook: use grafana or alertmanager")
		return
	}
	if !h.authorised(r) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		fail(w, http.StatusUnauthorized, "the bearer token is missing or wrong, or the hooks are closed")
		return
	}
	var m hookMessage
	if !body(w, r, maxHook, &m) {
		return
	}
	events, err := h.raise(source, m.Alerts)
	if err != nil {
		notLoaded(w)
		return
	}
	if len(events) > 0 {
		defer h.changed() // after the attempt to store them
	}
	if h.save(r.Context()) != nil {
		poke(h.dirty)
		fail(w, http.StatusServiceUnavailable, "taken but not stored yet: send it again")
		return
	}
	reply(w, http.StatusOK, map[string]int{"events": len(events)})
}

// authorised compares hashes, so that neither length nor content of the token shows in the time it takes.
func (h *Hub) authorised(r *http.Request) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || h.conf.HookToken == "" {
		return false
	}
	got, want := sha256.Sum256([]byte(strings.TrimSpace(token))), sha256.Sum256([]byte(h.conf.HookToken))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1
}

// raise makes events of a message. Alerts of the catalogue's rules count only where Grafana raises; else they are the
// hub's own, on their way back.
func (h *Hub) raise(source string, received []hookAlert) ([]incident.Event, error) {
	var taken []incident.Alert
	for i := range received {
		a, ok := received[i].alert(source)
		switch {
		case !ok:
			h.meter.hooks.WithLabelValues(source, "unreadable").Inc()
		case h.known[a.Rule] && (h.conf.Raise != RaiseGrafana || source != incident.Grafana):
			h.meter.hooks.WithLabelValues(source, "own").Inc()
		default:
			h.meter.hooks.WithLabelValues(source, "taken").Inc()
			taken = append(taken, a)
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.loaded {
		return nil, errNotLoaded
	}
	events := h.book.Raise(taken, schemas.MillisOf(h.conf.Now()))
	h.unsaved = append(h.unsaved, events...)
	return events, nil
}

// hookMessage is what is read of the webhooks of Alertmanager (version 4) and Grafana (version 1); the rest may be
// anything.
type hookMessage struct {
	Alerts []hookAlert `json:"alerts"`
}

type hookAlert struct {
	Status      string   `json:"status"`
	Labels      textMap  `json:"labels"`
	Annotations textMap  `json:"annotations"`
	StartsAt    hookTime `json:"startsAt"`
	EndsAt      hookTime `json:"endsAt"`
	Fingerprint hookText `json:"fingerprint"`
}

// alert translates an alert. It answers false where one has no name, status or begin.
func (a *hookAlert) alert(source string) (incident.Alert, bool) {
	rule := cmp.Or(a.Labels["rule"], a.Labels["alertname"])
	out := incident.Alert{
		Source: source, Rule: cut(rule), Team: cut(a.Labels["team"]), Tier: a.tier(), Firing: a.Status == "firing",
		Start: schemas.Millis(a.StartsAt), End: schemas.Millis(a.EndsAt), Fingerprint: cut(cmp.Or(string(a.Fingerprint), a.Labels.hash())),
		Note: cmp.Or(a.Annotations["summary"], a.Annotations["description"], a.Annotations["message"]),
	}
	out.Key = a.key(out.Fingerprint)
	return out, rule != "" && out.Start > 0 && (out.Firing || a.Status == "resolved")
}

// key is the alert's series. Without a label of that name every alert is one of its own: of two disks of one machine,
// the end of one must not end the other.
func (a *hookAlert) key(fingerprint string) alerts.Key {
	if s := a.Labels["series"]; s != "" {
		return alerts.Key(cut(s))
	}
	if where := cmp.Or(a.Labels["shop"], a.Labels["instance"]); where != "" {
		return alerts.Key(cut(where) + "/" + fingerprint)
	}
	return alerts.Key(fingerprint)
}

func (a *hookAlert) tier() alerts.Tier {
	switch strings.ToLower(cmp.Or(a.Labels["tier"], a.Labels["severity"])) {
	case "orange", "critical", "page", "error", "high":
		return alerts.Orange
	}
	return alerts.Yellow
}

// cut bounds what others may write into names.
func cut(s string) string {
	const most = 200
	if len(s) > most {
		s = s[:most]
	}
	return strings.ToValidUTF8(s, "")
}
