package preview

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// mostSeries is how many lines one query may draw.
const mostSeries = 500

// wide turns an answer over time, one row per moment and combination of labels, into one field per series. Where a
// series has no row at another's moment it has a gap. Times come out ascending and once.
func wide(f frame) (frame, error) {
	at := slices.IndexFunc(f, func(c field) bool { return c.kind == timeField })
	if at < 0 {
		return nil, errors.New("a time series needs a column of times")
	}
	times, slot := moments(f[at].values)
	out := frame{{name: f[at].name, ref: f[at].ref, kind: timeField, values: times}}
	index := map[string]int{}
	for row := range f.rows() {
		labels := f.labels(row)
		for _, c := range f {
			if c.kind != numberField && c.kind != boolField {
				continue
			}
			key := c.name + "\x00" + joinLabels(labels, "\x00")
			i, ok := index[key]
			if !ok && len(out) > mostSeries {
				return nil, fmt.Errorf("more than %d series", mostSeries)
			}
			if !ok {
				i = len(out)
				index[key] = i
				out = append(out, field{name: c.name, ref: c.ref, kind: numberField, labels: labels, values: make([]any, len(times))})
			}
			if s, ok := slot[f[at].values[row]]; ok {
				out[i].values[s] = number(c.values[row])
			}
		}
	}
	return out, nil
}

// moments lists the times that occur, in order, and where each stands.
func moments(values []any) (times []any, slot map[any]int) {
	slot = map[any]int{}
	for _, v := range values {
		if _, seen := slot[v]; !seen && v != nil {
			slot[v] = 0
			times = append(times, v)
		}
	}
	slices.SortFunc(times, func(a, b any) int { return a.(time.Time).Compare(b.(time.Time)) })
	for i, t := range times {
		slot[t] = i
	}
	return times, slot
}

func (f frame) labels(row int) []label {
	var out []label
	for _, c := range f {
		if c.kind == textField {
			s, _ := c.values[row].(string)
			out = append(out, label{c.name, s})
		}
	}
	slices.SortFunc(out, func(a, b label) int { return cmp.Compare(a.name, b.name) })
	return out
}

func joinLabels(labels []label, sep string) string {
	parts := make([]string, len(labels))
	for i, l := range labels {
		parts[i] = l.value
	}
	return strings.Join(parts, sep)
}
