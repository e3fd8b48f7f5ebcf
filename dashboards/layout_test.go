package dashboards

import (
	"fmt"
	"slices"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

func TestLayout(t *testing.T) {
	for _, tt := range []struct {
		name  string
		tiles []tile
		want  []string // x,y,w,h
	}{
		{"a full line", []tile{{w: 12, h: 8}, {w: 12, h: 8}}, []string{"0,1,12,8", "12,1,12,8"}},
		{"a line that wraps", []tile{{w: 16, h: 8}, {w: 16, h: 8}}, []string{"0,1,24,8", "0,9,24,8"}},
		{"what is left is shared out", []tile{{w: 4, h: 4}, {w: 4, h: 4}, {w: 4, h: 4}}, []string{"0,1,8,4", "8,1,8,4", "16,1,8,4"}},
		{"an odd rest", []tile{{w: 7, h: 4}, {w: 7, h: 4}, {w: 7, h: 4}}, []string{"0,1,8,4", "8,1,8,4", "16,1,8,4"}},
		{"a rest that cannot be even", []tile{{w: 5, h: 4}, {w: 5, h: 4}}, []string{"0,1,12,4", "12,1,12,4"}},
		{"another height begins a line", []tile{{w: 4, h: 4}, {w: 4, h: 8}}, []string{"0,1,24,4", "0,5,24,8"}},
		{"none", nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var l layout
			l.heading(100, "Section")
			l.place(tt.tiles)
			var got []string
			for _, p := range l.panels[1:] {
				g := p.Panel.GridPos
				got = append(got, fmt.Sprintf("%d,%d,%d,%d", g.X, g.Y, g.W, g.H))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if row := l.panels[0].RowPanel; row.Id != 100 || *row.GridPos != (dashboard.GridPos{W: columns, H: 1}) {
				t.Errorf("the heading is %+v", row)
			}
		})
	}
}
