package preview

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

type transformJSON struct {
	ID      string         `json:"id"`
	Options jsontext.Value `json:"options"`
}

// transformation changes a frame before it is drawn.
type transformation func(frame) frame

func (p *panel) readTransformations(r reader, path string, list []transformJSON) {
	for i, j := range list {
		at := fmt.Sprintf("%s/%d", path, i)
		switch j.ID {
		case "organize":
			var o organizeJSON
			if r.decode(at+"/options", j.Options, &o) {
				p.steps = append(p.steps, o.apply)
			}
		default:
			r.cannot(at+"/id", "transformation %q", j.ID)
		}
	}
}

// organizeJSON leaves out, orders and renames columns.
type organizeJSON struct {
	Exclude map[string]bool   `json:"excludeByName"`
	Index   map[string]int    `json:"indexByName"`
	Rename  map[string]string `json:"renameByName"`
}

func (o *organizeJSON) apply(in frame) frame {
	out := slices.DeleteFunc(slices.Clone(in), func(f field) bool { return o.Exclude[f.name] })
	slices.SortStableFunc(out, func(a, b field) int { return cmp.Compare(o.place(a.name), o.place(b.name)) })
	for i, f := range out {
		if name := o.Rename[f.name]; name != "" {
			out[i].name = name
		}
	}
	return out
}

// place is where a column stands; those without a place stand behind the others.
func (o *organizeJSON) place(name string) int {
	if i, ok := o.Index[name]; ok {
		return i
	}
	return len(o.Index)
}
