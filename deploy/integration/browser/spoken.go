package browser

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
)

// controls are the roles of what a person can operate.
func controls() []string {
	return []string{
		"button", "link", "checkbox", "radio", "textbox", "searchbox", "combobox", "listbox", "option", "menuitem", "slider",
		"spinbutton", "switch", "tab", "DisclosureTriangle",
	}
}

// Control is something on the page that a person can operate, as a screen reader says it.
type Control struct{ Role, Name string }

// Controls lists them in the order of the page.
func (p *Page) Controls() ([]Control, error) {
	tree, err := chromedp.Call(p.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		return nil, fmt.Errorf("reading the accessibility tree: %w", err)
	}
	var out []Control
	for _, n := range tree.Nodes {
		if role := text(n.Role); !n.Ignored && slices.Contains(controls(), role) {
			out = append(out, Control{role, text(n.Name)})
		}
	}
	return out, nil
}

func text(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	var s string
	_ = json.Unmarshal(v.Value, &s) // a role or a name is a string
	return s
}
