package preview

// targets lists the boards that a board leads to, from itself, its panels and their fields.
func (b *board) targets() []string {
	var out []string
	for _, uid := range b.links {
		if uid != "" {
			out = append(out, uid)
		}
	}
	for _, p := range b.panels {
		for _, l := range p.Links {
			if l.Board != "" {
				out = append(out, l.Board)
			}
		}
		out = append(out, p.config.boards()...)
		for _, c := range p.changes {
			var changed fieldConfig
			for _, set := range c.set {
				set(&changed)
			}
			out = append(out, changed.boards()...)
		}
	}
	return out
}

func (c *fieldConfig) boards() []string {
	var out []string
	for _, l := range c.links {
		if l.board != "" {
			out = append(out, l.board)
		}
	}
	return out
}
