package processors

import (
	"fmt"
	"slices"
	"strings"
)

// Figure is a measure or a value of a metric as boards and alerts read it: from the metric's view, merged over any
// windows and any dimensions. A ratio is merged before it is divided.
type Figure struct {
	Name  string
	Title Text
	Unit  string   // "" for counts; "ratio", "ms", "currency", "pages", "text"
	Needs []string // the measures that it is computed from
	SQL   string   // over the merged measures' names
	// Num and Den are the measures that a ratio or mean divides; empty for anything else.
	Num, Den string
}

// Figure finds a measure or a value by name.
func (s *Spec) Figure(name string) (Figure, bool) {
	if m, ok := s.measure(name); ok {
		return Figure{Name: m.Name, Title: m.label(), Unit: m.Unit, Needs: []string{m.Name}, SQL: m.Name}, true
	}
	i := slices.IndexFunc(s.Values, func(v Value) bool { return v.Name == name })
	if i < 0 {
		return Figure{}, false
	}
	v := s.Values[i]
	f := Figure{Name: v.Name, Title: v.Title, Unit: v.Unit, SQL: v.SQL, Num: v.Num, Den: v.Den}
	if v.Den != "" {
		f.Needs = []string{v.Num, v.Den}
	} else {
		// A value in its own SQL may use any measure, and values before it.
		for _, m := range s.Measures {
			f.Needs = append(f.Needs, m.Name)
		}
	}
	return f, true
}

// Merged is the expression that merges a measure over rows of the metric's view, under the measure's name. The view
// stands in the query under the alias t, which keeps the name from meaning the result.
func (s *Spec) Merged(measure string) string {
	m, ok := s.measure(measure)
	if !ok {
		return ""
	}
	switch m.Kind {
	case KindMin, KindMax:
		return fmt.Sprintf("%s(t.%s) AS %s", map[Kind]string{KindMin: "min", KindMax: "max"}[m.Kind], m.Name, m.Name)
	case KindUniq:
		if s.Rollup != nil { // open periods have a state, too
			return "uniqMerge(t." + m.Name + "_state) AS " + m.Name
		}
		// The state of an open window is empty: there the partitions' counts stand in.
		return fmt.Sprintf("uniqMerge(t.%s_state) + sumIf(t.%s, NOT t.complete) AS %s", m.Name, m.Name, m.Name)
	case KindQuantile:
		return "sumMap(t." + m.Name + ") AS " + m.Name
	case KindLast:
		return fmt.Sprintf("argMax(t.%s, t.%s_at) AS %s", m.Name, m.Name, m.Name)
	default:
		return "sum(t." + m.Name + ") AS " + m.Name
	}
}

func (s *Spec) measure(name string) (MeasureSpec, bool) {
	i := slices.IndexFunc(s.Measures, func(m MeasureSpec) bool { return m.Name == name })
	if i < 0 {
		return MeasureSpec{}, false
	}
	return s.Measures[i], true
}

// label is the measure's title, or its name in words where it has none.
func (m MeasureSpec) label() Text {
	if m.Title.EN != "" {
		return m.Title
	}
	words := strings.ReplaceAll(m.Name, "_", " ")
	return Text{EN: words, ZH: words}
}
