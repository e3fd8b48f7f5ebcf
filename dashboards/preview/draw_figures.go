package preview

import (
	"slices"
	"strings"
)

// figureShown is one number of a stat, gauge, bar or funnel.
type figureShown struct {
	shown
	name   string
	config fieldConfig
	link   *Link
	spark  [][2]*float64
}

// figures makes the numbers that a panel shows: one per field, or one per row and field.
func (d drawing) figures(frames []frame) []figureShown {
	var out []figureShown
	for _, f := range frames {
		if d.options.all {
			out = append(out, d.rows(f)...)
			continue
		}
		for i := range f {
			if c := d.configOf(&f[i]); !c.custom.hidden && d.options.takes(&f[i]) {
				out = append(out, d.reduced(f, i, c)...)
			}
		}
	}
	if n := d.options.limit; n > 0 && len(out) > n {
		out = out[:n]
	}
	return out
}

// reduced makes one number of a field; none where the answer has no rows.
func (d drawing) reduced(f frame, i int, c fieldConfig) []figureShown {
	if f.rows() == 0 {
		return nil
	}
	v := calcs[d.options.calc](f[i].values)
	at := d.placeOf(f, i, 0)
	at.value, _ = mappedText(v)
	if f.rows() > 1 {
		at.row = nil
	}
	out := figureShown{shown: c.show(v, d.w), name: d.nameOf(&f[i], c, at), config: c, link: at.link(c.links)}
	if times := f.times(); times != nil && d.options.spark {
		out.spark = points(times, f[i].values)
	}
	return []figureShown{out}
}

// rows makes numbers of every row, named after its texts.
func (d drawing) rows(f frame) []figureShown {
	var out []figureShown
	for row := range f.rows() {
		for i := range f {
			c := d.configOf(&f[i])
			if c.custom.hidden || !d.options.takes(&f[i]) {
				continue
			}
			at := d.placeOf(f, i, row)
			out = append(out, figureShown{
				shown: c.show(f[i].values[row], d.w), name: d.rowName(f, i, row, c, at), config: c, link: at.link(c.links),
			})
		}
	}
	return out
}

// rowName is what Grafana calls one number of a row: what an override says, else the row's texts, with the field's name
// where there are several numbers.
func (d drawing) rowName(f frame, i, row int, c fieldConfig, at place) string {
	if c.displayName != "" {
		return at.resolve(c.displayName)
	}
	var parts []string
	numbers := 0
	for j := range f {
		switch f[j].kind {
		case textField:
			tc := d.configOf(&f[j])
			if s := tc.show(f[j].values[row], d.w).text; s != "" && !tc.custom.hidden {
				parts = append(parts, s)
			}
		case numberField:
			numbers++
		}
	}
	if numbers > 1 || len(parts) == 0 {
		parts = append(parts, d.nameOf(&f[i], c, at))
	}
	return strings.Join(parts, " ")
}

// placeOf is one value of a frame: its references may name the other columns of the row.
func (d drawing) placeOf(f frame, i, row int) place {
	p := place{values: d.values, labels: f[i].labels, name: f[i].name, row: func(name string) string { return d.textAt(f, name, row) }}
	p.value, _ = mappedText(f[i].values[row])
	return p
}

// textAt is what a column shows in a row, as in Grafana: a mapped value is handed over under its label.
func (d drawing) textAt(f frame, name string, row int) string {
	i := slices.IndexFunc(f, func(c field) bool { return c.name == name })
	if i < 0 || f[i].values[row] == nil {
		return ""
	}
	c := d.configOf(&f[i])
	return c.show(f[i].values[row], d.w).text
}
