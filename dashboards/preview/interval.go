package preview

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Limits of the number of points that a viewer may ask for.
const (
	fewestPoints = 20
	mostPoints   = 2000
	usualPoints  = 800 // where the browser names no width
)

// steps are Grafana's: a calculated interval below Below becomes Is.
var steps = []struct{ Below, Is time.Duration }{
	{10 * time.Millisecond, time.Millisecond},
	{15 * time.Millisecond, 10 * time.Millisecond},
	{35 * time.Millisecond, 20 * time.Millisecond},
	{75 * time.Millisecond, 50 * time.Millisecond},
	{150 * time.Millisecond, 100 * time.Millisecond},
	{350 * time.Millisecond, 200 * time.Millisecond},
	{750 * time.Millisecond, 500 * time.Millisecond},
	{1500 * time.Millisecond, time.Second},
	{3500 * time.Millisecond, 2 * time.Second},
	{7500 * time.Millisecond, 5 * time.Second},
	{12500 * time.Millisecond, 10 * time.Second},
	{17500 * time.Millisecond, 15 * time.Second},
	{25 * time.Second, 20 * time.Second},
	{45 * time.Second, 30 * time.Second},
	{90 * time.Second, time.Minute},
	{210 * time.Second, 2 * time.Minute},
	{450 * time.Second, 5 * time.Minute},
	{750 * time.Second, 10 * time.Minute},
	{1050 * time.Second, 15 * time.Minute},
	{1500 * time.Second, 20 * time.Minute},
	{45 * time.Minute, 30 * time.Minute},
	{90 * time.Minute, time.Hour},
	{150 * time.Minute, 2 * time.Hour},
	{270 * time.Minute, 3 * time.Hour},
	{9 * time.Hour, 6 * time.Hour},
	{24 * time.Hour, 12 * time.Hour},
	{7 * 24 * time.Hour, 24 * time.Hour},
	{21 * 24 * time.Hour, 7 * 24 * time.Hour},
	{42 * 24 * time.Hour, 30 * 24 * time.Hour},
}

// intervalOf is the length of time that one point stands for: the range over as many points as fit, rounded as Grafana
// rounds it, and never below the panel's least.
func intervalOf(length time.Duration, points int, least time.Duration) time.Duration {
	return max(least, roundInterval(length/time.Duration(points)))
}

func roundInterval(d time.Duration) time.Duration {
	for _, s := range steps {
		if d < s.Below {
			return s.Is
		}
	}
	return 365 * 24 * time.Hour
}

// pointsFor is how many points fit into a width in pixels. Widths are rounded up to hundreds: viewers with nearly the
// same screen share their answers.
func pointsFor(width, most int) int {
	if width <= 0 {
		width = usualPoints
	}
	if most <= 0 {
		most = mostPoints
	}
	return max(fewestPoints, min((width+99)/100*100, most))
}

// parseInterval reads a duration as boards write it, for example 10s, 1m or 1d; empty is none.
func parseInterval(s string) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%q is not a duration such as 10s, 1m or 1d", s)
	}
	return d, nil
}
