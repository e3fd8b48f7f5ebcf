package dashboards

import (
	"fmt"
	"slices"
	"strings"

	"tidemark/processors"
)

// describe is a panel's description, in Markdown: what the figures mean, who answers for them, when they are final, and
// what they must not be taken for.
func (m maker) describe(s *processors.Spec, p *processors.Panel) string {
	say := m.lang.say
	var out []string
	for _, name := range p.Show {
		f, _ := s.Figure(name)
		if f.Num != "" {
			num, _ := s.Figure(f.Num)
			den, _ := s.Figure(f.Den)
			out = append(out, fmt.Sprintf("**%s** = %s / %s", m.lang.of(f.Title), m.lang.of(num.Title), m.lang.of(den.Title)))
		}
	}
	out = append(out, m.definition(s))
	if p.Today {
		out = append(out, say("The shop's business day so far, in its own time zone. Provisional: the day is not over.", "店铺所在时区的当日累计。实时值（未定稿）：当日尚未结束。"))
	}
	if s.Rollup != nil {
		out = append(out, m.periodText(s, p))
	} else if p.Today && !m.reading(s).people(p.Show) { // people are counted in complete windows only
		out = append(out, say("The newest windows still grow.", "最近几分钟仍会变化。"))
	} else {
		out = append(out, fmt.Sprintf(say("Complete windows only: a window of %s is final %s after its end.", "仅含完整窗口：%s的窗口在结束 %s后定稿。"),
			m.lang.length(s.Window.Size), m.lang.length(s.FinalAfter())))
	}
	out = append(out, m.cautions(s, p)...)
	return strings.Join(append(out, say("Owner: ", "负责团队：")+s.Owner), "\n\n")
}

// definition is the metric's formula, which is written in English only.
func (m maker) definition(s *processors.Spec) string {
	return m.lang.say("Definition: ", "口径（英文）：") + s.Formula
}

// cautions are what the panel's figures must not be taken for.
func (m maker) cautions(s *processors.Spec, p *processors.Panel) (out []string) {
	say := m.lang.say
	if s.Sessions != nil {
		out = append(out, fmt.Sprintf(say("Sessions count when they close, after %s of silence.", "会话在静默 %s后关闭时计入。"), m.lang.length(s.Sessions.Gap)))
	}
	if p.Band != "" {
		out = append(out, say("Dashed: the expected value and where yellow and orange begin.", "虚线：预期值以及黄色、橙色预警的起点。"))
		if slices.ContainsFunc(m.board.vars, func(v string) bool { return slices.Contains(s.Dims, v) }) {
			out = append(out, say("They hold for the whole shop, so they disappear while a part of it is chosen above.", "虚线针对整个店铺，在上方筛选时不显示。"))
		}
	}
	if m.reading(s).people(p.Show) && slices.Contains(p.By, "channel") {
		out = append(out, say("Who comes by two channels counts in both: channels do not add up.", "通过两个渠道到达的访客在两处均计入：各渠道之和不等于总数。"))
	}
	if p.Kind == processors.Bars && p.Drill != "" {
		if to, ok := find(p.Drill); ok {
			out = append(out, fmt.Sprintf(say("What has no name is left out. A click on a bar chooses it on the board %s.", "不含未标记的部分。点击条形可在“%s”看板中筛选。"), m.lang.of(to.title)))
		}
	}
	switch p.Kind {
	case processors.Bars:
		out = append(out, fmt.Sprintf(say("At most the %d largest.", "最多显示最大的 %d 项。"), mostBars))
	case processors.Grid:
		out = append(out, fmt.Sprintf(say("At most %d rows.", "最多显示 %d 行。"), mostRows))
	}
	for _, v := range m.board.vars {
		if !slices.Contains(s.Dims, v) {
			out = append(out, fmt.Sprintf(say("Not split by %s: that choice has no effect here.", "未按%s拆分：该筛选在此不生效。"), strings.ToLower(heading(nil, v, m.lang))))
		}
	}
	return out
}
