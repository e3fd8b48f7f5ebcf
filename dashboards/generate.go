//lint:file-ignore SA1019 the classic form of a dashboard is the one that Grafana 10 to 13 all read; its successor needs 12.
package dashboards

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"tidemark/processors"
)

// Dir is the folder of the generated files, below the root of the repository.
const Dir = "dashboards/gen"

// Generate derives the boards in every language and the files that provision them, by path below the root of the
// repository. A panel that no board can show is an error that says which boards and sections there are.
func Generate(c processors.Catalogue) (map[string][]byte, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if err := checkBoards(c); err != nil {
		return nil, err
	}
	files := provisioning(c)
	for _, l := range languages() {
		for _, b := range boards() {
			built, err := maker{c, b, l}.build()
			if err != nil {
				return nil, fmt.Errorf("board %s in %s: %w", b.id, l, err)
			}
			text, err := marshal(built)
			if err != nil {
				return nil, fmt.Errorf("board %s in %s: %w", b.id, l, err)
			}
			files[path.Join(string(l), b.id+".json")] = text
		}
	}
	out := map[string][]byte{}
	for name, text := range files {
		out[path.Join(Dir, name)] = text
	}
	return out, nil
}

// checkBoards reports panels that name a board or a section that does not exist.
func checkBoards(c processors.Catalogue) error {
	var errs []error
	for i := range c {
		for j, p := range c[i].Panels {
			b, ok := find(p.Board)
			err := unknownBoard(p.Board)
			if ok {
				_, err = b.section(p.Section)
			}
			if err != nil {
				errs = append(errs, fmt.Errorf("metric %q, panel %d: %w", c[i].Name, j, err))
			}
		}
	}
	return errors.Join(errs...)
}

func marshal(d dashboard.Dashboard) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(d)
	return b.Bytes(), err
}

// build makes the board: in each section the panels of the metrics, in the catalogue's order, then those made by hand.
func (m maker) build() (dashboard.Dashboard, error) {
	tiles, err := m.tiles()
	if err != nil {
		return dashboard.Dashboard{}, err
	}
	var l layout
	for i, s := range m.board.sections {
		if len(tiles[i]) == 0 {
			continue
		}
		if s.row != 0 {
			l.heading(s.row, m.lang.of(s.title))
		}
		l.place(tiles[i])
	}
	d := m.frame()
	d.Panels = l.panels
	return d, unique(l.panels)
}

// unique reports panels with one id: messages and links could not tell them apart.
func unique(panels []dashboard.PanelOrRowPanel) error {
	seen := map[uint32]string{}
	for _, p := range panels {
		if p.Panel == nil {
			continue
		}
		if other, ok := seen[*p.Panel.Id]; ok {
			return fmt.Errorf("the panels %q and %q have the same id %d: change what one of them shows", other, *p.Panel.Title, *p.Panel.Id)
		}
		seen[*p.Panel.Id] = *p.Panel.Title
	}
	return nil
}

// tiles are the panels by section.
func (m maker) tiles() ([][]tile, error) {
	out := make([][]tile, len(m.board.sections))
	for i := range m.catalogue {
		s := &m.catalogue[i].Spec
		for j := range s.Panels {
			p := &s.Panels[j]
			if p.Board != m.board.id {
				continue
			}
			t, err := m.panel(s, p, s.PanelID(j))
			if err != nil {
				return nil, fmt.Errorf("metric %q, panel %d: %w", s.Name, j, err)
			}
			at, err := m.board.section(p.Section)
			if err != nil {
				return nil, err
			}
			out[at] = append(out[at], t)
		}
	}
	for i, s := range m.board.sections {
		if s.hand == nil {
			continue
		}
		more, err := s.hand(m)
		if err != nil {
			return nil, err
		}
		out[i] = append(out[i], more...)
	}
	return out, nil
}

// frame is the board without its panels.
func (m maker) frame() dashboard.Dashboard {
	d := dashboard.Dashboard{
		Uid: cog.ToPtr(processors.BoardUID(m.board.id, string(m.lang))), Title: cog.ToPtr(m.lang.of(m.board.title)),
		Description: cog.ToPtr(m.lang.of(m.board.purpose)), Tags: []string{"tidemark", m.lang.tag()}, Timezone: cog.ToPtr("browser"),
		Editable: cog.ToPtr(false), GraphTooltip: cog.ToPtr(dashboard.DashboardCursorSyncCrosshair), WeekStart: cog.ToPtr("monday"),
		Time:       &dashboard.DashboardDashboardTime{From: m.board.from, To: "now"},
		Timepicker: &dashboard.TimePickerConfig{RefreshIntervals: []string{"10s", "30s", "1m", "5m"}},
		Refresh:    &m.board.refresh, SchemaVersion: 39,
		Templating: dashboard.DashboardDashboardTemplating{List: m.variables()},
		Annotations: dashboard.AnnotationContainer{List: []dashboard.AnnotationQuery{
			m.annotation("orange", processors.Text{EN: "Orange alerts", ZH: "橙色预警（高风险）"}, orange),
			m.annotation("yellow", processors.Text{EN: "Yellow alerts", ZH: "黄色预警（中风险）"}, yellow),
		}},
	}
	for _, b := range boards() {
		if b.id != m.board.id {
			d.Links = append(d.Links, boardLink(m.lang.of(b.title), b.id, m.lang))
		}
	}
	d.Links = append(d.Links, boardLink(m.lang.say("中文", "English"), m.board.id, m.lang.other()))
	return d
}

// boardLink leads to another board, with the range and the choices.
func boardLink(title, id string, l lang) dashboard.DashboardLink {
	out := link(title, "/d/"+processors.BoardUID(id, string(l)))
	out.KeepTime, out.IncludeVars = true, true
	return out
}
