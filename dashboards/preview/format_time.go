package preview

import (
	"math"
	"strconv"
	"time"
)

// length is a unit of time and its names.
type length struct {
	ms     float64
	en, zh string
}

var lengths = []length{
	{86_400_000, "d", "天"}, {3_600_000, "h", "小时"}, {60_000, "min", "分"}, {1000, "s", "秒"}, {1, "ms", "毫秒"},
}

func (w writer) name(l length) string {
	if w.lang == "zh" {
		return l.zh
	}
	return " " + l.en
}

// duration writes a length of time in its two largest units, or below a minute as one number.
func (w writer) duration(ms float64, decimals int) string {
	sign := ""
	if ms < 0 {
		sign, ms = "-", -ms
	}
	if ms < 60_000 {
		l := lengths[3]
		if ms < 1000 {
			l = lengths[4]
		}
		return sign + plainNumber(ms/l.ms, decimals, false) + w.name(l)
	}
	for i, l := range lengths {
		if ms < l.ms {
			continue
		}
		next := lengths[i+1]
		whole := math.Floor(ms / l.ms)
		rest := math.Floor((ms - whole*l.ms) / next.ms)
		return sign + w.parts(whole, l, rest, next)
	}
	return ""
}

func (w writer) parts(whole float64, l length, rest float64, next length) string {
	text := strconv.FormatFloat(whole, 'f', 0, 64) + w.name(l)
	if rest == 0 {
		return text
	}
	if w.lang != "zh" {
		text += " "
	}
	return text + strconv.FormatFloat(rest, 'f', 0, 64) + w.name(next)
}

// ago writes how long ago, or ahead, a moment is.
func (w writer) ago(t time.Time) string {
	d := w.now.Sub(t)
	ahead := d < 0
	d = d.Abs()
	zh := w.lang == "zh"
	if d < time.Second {
		if zh {
			return "刚刚"
		}
		return "just now"
	}
	for _, l := range lengths[:4] {
		n := math.Floor(float64(d.Milliseconds()) / l.ms)
		if n < 1 {
			continue
		}
		text := strconv.FormatFloat(n, 'f', 0, 64) + w.name(l)
		if zh && l.en == "min" {
			text += "钟"
		}
		switch {
		case zh && ahead:
			return text + "后"
		case zh:
			return text + "前"
		case ahead:
			return "in " + text
		}
		return text + " ago"
	}
	return ""
}
