package incident

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"tidemark/alerts"
	"tidemark/schemas"
)

// series is one figure that one rule watches.
type series struct {
	rule string
	key  alerts.Key
}

var unsafeRule = regexp.MustCompile(`[^A-Za-z0-9_]+`)

// incidentID names the incident of a series that was first seen in the window that starts at start. It is the same
// whoever makes it and however often, and fits into an address.
func incidentID(s series, start schemas.Millis) string {
	sum := sha256.Sum256([]byte(s.rule + "\x00" + string(s.key) + "\x00" + strconv.FormatInt(int64(start), 10)))
	name := strings.Trim(unsafeRule.ReplaceAllString(s.rule, "_"), "_")
	return fmt.Sprintf("%s-%s-%x", name[:min(len(name), 64)], start.Time().Format("20060102T150405"), sum[:5])
}

// eventID names what one window, or one alert of another program, says of an incident: the same thing said again is the
// same event.
func eventID(k Kind, mark string) string { return string(k) + "-" + mark }

// deliveredID names the fact that a receiver has taken an event.
func deliveredID(receiver, event string) string {
	return string(Delivered) + "-" + receiver + "-" + event
}
