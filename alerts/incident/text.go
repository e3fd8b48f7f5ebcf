package incident

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"tidemark/alerts"
)

// write fills in the texts of a message.
func (b *Book) write(m *Message) {
	zone := time.UTC
	if b.conf.Zone != nil {
		if z := b.conf.Zone(m.Incident.Shop); z != nil {
			zone = z
		}
	}
	m.Subject, m.Text = map[string]string{}, map[string]string{}
	for lang, w := range map[string]words{"en": english(), "zh": chinese()} {
		m.Subject[lang] = fmt.Sprintf(w.subject, w.head(m), m.Incident.Title[lang], m.Incident.Series)
		m.Text[lang] = strings.Join(w.lines(m, b.rules[m.Incident.Rule], zone), "\n")
	}
}

// words are the texts of one language.
type words struct {
	subject                         string // head, title, series
	opened, again, escalated, eased string // tier
	acknowledged                    string // who
	resolved, resolvedBy            string // who
	tier                            map[string]string
	counts, ratios, change, samples string
	since, complete, provisional    string
	basis                           map[string]string
	people, team, note              string
	times                           *strings.Replacer // of durations as short writes them
}

func english() words {
	return words{
		subject: "%s: %s, %s",
		opened:  "%s", again: "%s again", escalated: "Now %s", eased: "Eased to %s",
		acknowledged: "Acknowledged by %s", resolved: "Resolved", resolvedBy: "Resolved by %s",
		tier:   map[string]string{"yellow": "Yellow", "orange": "Orange"},
		counts: "Per %[3]s: expected %[1]s, actual %[2]s", ratios: "Expected %s, actual %s", change: " (%s)", samples: ", over %s, %s samples",
		since: "Since %s (%s)", complete: "; complete figures", provisional: "; provisional figures: the newest window may still change",
		basis:  map[string]string{"weekly": "; compared with this hour of past weeks", "cold": "; fixed limits, the history is too short"},
		people: "Owner: %s; team: %s", team: "Team: %s", note: "Note: %s", times: strings.NewReplacer(),
	}
}

func chinese() words {
	return words{
		subject: "【%s】%s：%s",
		opened:  "%s", again: "再次%s", escalated: "升级为%s", eased: "降为%s",
		acknowledged: "%s 已认领", resolved: "已恢复", resolvedBy: "%s 已标记恢复",
		tier:   map[string]string{"yellow": "黄色预警", "orange": "橙色预警"},
		counts: "每 %[3]s：预期 %[1]s，实际 %[2]s", ratios: "预期 %s，实际 %s", change: "（%s）", samples: "，统计 %s，样本 %s",
		since: "始于 %s（%s）", complete: "；数据完整", provisional: "；数据未齐，最新窗口仍可能变化",
		basis:  map[string]string{"weekly": "；对比往周同一时段", "cold": "；历史不足，按固定阈值判断"},
		people: "负责团队：%s；处理团队：%s", team: "处理团队：%s", note: "备注：%s",
		times: strings.NewReplacer("h", " 小时 ", "m", " 分钟 ", "s", " 秒 "),
	}
}

// head says what changed.
func (w *words) head(m *Message) string {
	tier := w.tier[m.Incident.Tier]
	switch m.Kind {
	case Escalated:
		return fmt.Sprintf(w.escalated, tier)
	case Eased:
		return fmt.Sprintf(w.eased, tier)
	case Acknowledged:
		return fmt.Sprintf(w.acknowledged, m.Actor)
	case Resolved:
		if program(m.Actor) {
			return w.resolved
		}
		return fmt.Sprintf(w.resolvedBy, m.Actor)
	case Opened, Handling, Reviewed, Noted, Delivered: // only the first makes a message
	}
	if m.Again {
		return fmt.Sprintf(w.again, tier)
	}
	return fmt.Sprintf(w.opened, tier)
}

// lines are the facts, as far as they are known.
func (w *words) lines(m *Message, rule *alerts.Rule, zone *time.Location) []string {
	v := &m.Incident
	var out []string
	since := fmt.Sprintf(w.since, v.OpenedAt.In(zone).Format("2006-01-02 15:04:05"), zone)
	if rule != nil && v.Judged() {
		out = append(out, w.compare(v, rule))
		data := w.complete
		if v.Provisional {
			data = w.provisional
		}
		since += data + w.basis[v.Basis]
	}
	out = append(out, since)
	switch {
	case v.Owner != "":
		out = append(out, fmt.Sprintf(w.people, v.Owner, v.Team))
	case v.Team != "":
		out = append(out, fmt.Sprintf(w.team, v.Team))
	}
	if m.Note != "" {
		out = append(out, fmt.Sprintf(w.note, m.Note))
	}
	return out
}

// compare sets what is against what was expected: a ratio, or a count per window.
func (w *words) compare(v *View, rule *alerts.Rule) string {
	expected, actual := Figure(v.Expected, v.Unit), Figure(v.Actual, v.Unit)
	f := fmt.Sprintf(w.counts, expected, actual, w.time(short(rule.Window)))
	if rule.Ratio() {
		f = fmt.Sprintf(w.ratios, expected, actual)
	}
	if v.Expected > 0 {
		f += fmt.Sprintf(w.change, fmt.Sprintf("%+.0f%%", 100*(v.Actual-v.Expected)/v.Expected))
	}
	return f + fmt.Sprintf(w.samples, w.time(v.Window), Figure(v.Samples, ""))
}

func (w *words) time(short string) string { return strings.TrimSpace(w.times.Replace(short)) }

// Figure writes a figure as messages do: a ratio (View.Unit) as a percentage, a count with no more digits than mean
// something.
func Figure(v float64, unit string) string {
	digits := 0
	if unit == "ratio" {
		return strconv.FormatFloat(100*v, 'f', 2, 64) + "%"
	}
	if math.Abs(v) < 100 && v != math.Trunc(v) {
		digits = 1
	}
	return strconv.FormatFloat(v, 'f', digits, 64)
}
