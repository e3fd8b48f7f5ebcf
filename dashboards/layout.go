package dashboards

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// columns is the width of Grafana's grid.
const columns = 24

// tile is a panel with the size that it asks for.
type tile struct {
	panel dashboard.Panel
	w, h  int
}

// layout puts panels on the grid, section below section.
type layout struct {
	panels []dashboard.PanelOrRowPanel
	y      int
}

// heading begins a section.
func (l *layout) heading(id uint32, title string) {
	l.panels = append(l.panels, dashboard.PanelOrRowPanel{RowPanel: &dashboard.RowPanel{
		Type: "row", Id: id, Title: &title, GridPos: position(0, l.y, columns, 1), Panels: []dashboard.Panel{},
	}})
	l.y++
}

// place puts tiles in lines, in order. A line holds tiles of one height and at most 24 columns; what is left of it is
// shared out among them.
func (l *layout) place(tiles []tile) {
	for len(tiles) > 0 {
		n, w := 0, 0
		for n < len(tiles) && tiles[n].h == tiles[0].h && w+tiles[n].w <= columns {
			w += tiles[n].w
			n++
		}
		l.line(tiles[:n], columns-w)
		tiles = tiles[n:]
	}
}

func (l *layout) line(tiles []tile, spare int) {
	x := 0
	for i, t := range tiles {
		share := spare / (len(tiles) - i)
		spare -= share
		t.panel.GridPos = position(x, l.y, t.w+share, t.h)
		x += t.w + share
		l.panels = append(l.panels, dashboard.PanelOrRowPanel{Panel: &t.panel})
	}
	l.y += tiles[0].h
}

func position(x, y, w, h int) *dashboard.GridPos {
	return cog.ToPtr(dashboard.GridPos{X: uint32(x), Y: uint32(y), W: uint32(w), H: uint32(h)})
}
