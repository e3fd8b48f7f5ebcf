package preview

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// writer writes values out for people: in the board's language, in the viewer's zone, at one moment.
type writer struct {
	lang string
	zone *time.Location
	now  time.Time
}

// write writes a number in a unit. decimals below zero is as many as it needs.
func (w writer) write(v float64, u unit, decimals int) string {
	switch {
	case u.moment == fromNow:
		return w.ago(time.UnixMilli(int64(v)))
	case u.moment == dateTime:
		return w.time(time.UnixMilli(int64(v)))
	case u.Kind == "duration_ms":
		return w.duration(v, decimals)
	case u.Kind == "duration_s":
		return w.duration(v*1000, decimals)
	case u.Kind == "percent":
		return plainNumber(v*100, decimals, true) + "%"
	}
	if decimals < 0 && u.Kind == "currency" {
		decimals = 2
	}
	sign := ""
	if v < 0 && u.Prefix != "" {
		sign, v = "-", -v
	}
	text := plainNumber(v, decimals, u.grouped)
	if u.scaled {
		text = w.scaled(v, decimals)
	}
	return sign + u.Prefix + text + u.Suffix
}

// scaled writes large numbers in the language's own steps: thousands, or ten thousands.
func (w writer) scaled(v float64, decimals int) string {
	steps := []struct {
		from float64
		name string
	}{{1e9, "B"}, {1e6, "M"}, {1e3, "K"}}
	if w.lang == "zh" {
		steps = steps[:2]
		steps[0].from, steps[0].name = 1e8, "亿"
		steps[1].from, steps[1].name = 1e4, "万"
	}
	for _, s := range steps {
		if math.Abs(v) >= s.from {
			return plainNumber(v/s.from, max(decimals, 1), true) + s.name
		}
	}
	return plainNumber(v, decimals, true)
}

// plainNumber writes a number with a fixed number of decimals, or with as many as it needs to show three digits.
func plainNumber(v float64, decimals int, grouped bool) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "-"
	}
	text := ""
	if decimals >= 0 {
		text = strconv.FormatFloat(v, 'f', decimals, 64)
	} else {
		text = trimZeros(strconv.FormatFloat(v, 'f', needed(v), 64))
	}
	if strings.Trim(text, "-0.") == "" {
		text = strings.TrimPrefix(text, "-") // no negative zero
	}
	if grouped {
		text = group(text)
	}
	return text
}

// needed is how many decimals show three digits of a number.
func needed(v float64) int {
	switch v = math.Abs(v); {
	case v >= 100 || v == 0:
		return 0
	case v >= 10:
		return 1
	case v >= 1:
		return 2
	}
	return min(2-int(math.Floor(math.Log10(v))), 8)
}

func trimZeros(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// group puts a comma between thousands; English and Chinese write them alike.
func group(s string) string {
	sign, digits := "", s
	if strings.HasPrefix(s, "-") {
		sign, digits = "-", s[1:]
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	var b strings.Builder
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	if fraction != "" {
		b.WriteString("." + fraction)
	}
	return sign + b.String()
}

// time writes a moment in the viewer's zone.
func (w writer) time(t time.Time) string { return t.In(w.zone).Format(time.DateTime) }
