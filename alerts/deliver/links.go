package deliver

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tidemark/alerts/incident"
	"tidemark/processors"
)

// lookBack is how long before an incident its board begins.
const lookBack = time.Hour

// Links makes the addresses that a message carries.
type Links struct {
	// Boards is where the boards are served: the preview's address, or Grafana's with /d at its end. Empty: no links.
	Boards string
}

// Board leads to the incident's panel in a language, from an hour before it to its end. Empty where the incident has no
// board.
func (l Links) Board(v *incident.View, lang string) string {
	if l.Boards == "" || v.Board == "" {
		return ""
	}
	base := strings.TrimSuffix(l.Boards, "/")
	q := url.Values{"var-shop": {v.Shop}, "from": {millis(v.OpenedAt.Add(-lookBack))}, "to": {"now"}}
	if v.ResolvedAt != nil {
		q.Set("to", millis(v.ResolvedAt.Add(lookBack/4)))
	}
	if strings.HasSuffix(base, "/d") {
		q.Set("viewPanel", fmt.Sprintf("panel-%d", v.Panel))
		return base + "/" + processors.BoardUID(v.Board, lang) + "?" + q.Encode()
	}
	q.Set("board", v.Board)
	q.Set("lang", lang)
	q.Set("panel", strconv.FormatUint(uint64(v.Panel), 10))
	return base + "/?" + q.Encode()
}

// Incident leads to the preview's page of the incident, where it is acknowledged. Empty where the boards are Grafana's,
// which has no such page.
func (l Links) Incident(v *incident.View) string {
	base := strings.TrimSuffix(l.Boards, "/")
	if base == "" || strings.HasSuffix(base, "/d") {
		return ""
	}
	return base + "/?" + url.Values{"page": {"alerts"}, "incident": {v.ID}}.Encode()
}

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
