package preview

// options are what a panel's type lets one choose, in one struct for all types.
type options struct {
	calc     string            // how one number is made of a field's values
	all      bool              // no: every row is shown
	limit    int               // of the rows shown; 0: none
	takes    func(*field) bool // which fields are reduced
	spark    bool              // a line below the number
	named    bool              // always with its name
	nameless bool              // never with its name
	coloured bool              // the value's colour is shown
	sortBy   string            // column that a table is sorted by
	sortDesc bool
	text     string // Markdown
}

// readOptions finds out what kind of panel it is, and reads what that kind lets one choose.
func (p *panel) readOptions(r reader, path string, j *panelJSON) {
	at := path + "/options"
	switch j.Type {
	case "row":
		p.Type = "row"
	case "text":
		p.readText(r, at, j)
	case "timeseries":
		p.readTimeseries(r, at, j)
	case "stat":
		p.readStat(r, at, j)
	case "gauge":
		p.readGauge(r, at, j)
	case "bargauge":
		p.readBars(r, at, j)
	case "table":
		p.readTable(r, at, j)
	default:
		r.cannot(path+"/type", "unknown panel type %q", j.Type)
	}
	if kind := p.config.custom.kind; kind != "" && kind != p.Type {
		r.cannot(path+"/fieldConfig/defaults/custom/tidemark", "a %s as %s", j.Type, kind)
	}
}

func (p *panel) readText(r reader, at string, j *panelJSON) {
	p.Type = "text"
	var o textJSON
	r.decode(at, j.Options, &o)
	r.only(at+"/mode", o.Mode, "markdown")
	p.options.text = o.Content
}

func (p *panel) readTimeseries(r reader, at string, j *panelJSON) {
	p.Type = "timeseries"
	var o timeseriesJSON
	r.decode(at, j.Options, &o)
	r.only(at+"/legend/displayMode", o.Legend.DisplayMode, "list", "table", "hidden")
	r.only(at+"/tooltip/mode", o.Tooltip.Mode, "multi", "single")
}

func (p *panel) readStat(r reader, at string, j *panelJSON) {
	p.Type = "stat"
	var o statJSON
	r.decode(at, j.Options, &o)
	r.only(at+"/graphMode", o.GraphMode, "none", "area")
	r.only(at+"/colorMode", o.ColorMode, "none", "value", "background")
	r.only(at+"/textMode", o.TextMode, "auto", "value", "value_and_name")
	if o.ShowPercentChange {
		r.cannot(at+"/showPercentChange", "a change in percent")
	}
	p.readReduce(r, at, &o.Reduce)
	p.options.spark, p.options.coloured = o.GraphMode == "area", o.ColorMode != "none"
	p.options.named, p.options.nameless = o.TextMode == "value_and_name", o.TextMode == "value"
}

func (p *panel) readGauge(r reader, at string, j *panelJSON) {
	p.Type, p.options.coloured = "gauge", true
	var o gaugeJSON
	r.decode(at, j.Options, &o)
	p.readReduce(r, at, &o.Reduce)
}

func (p *panel) readBars(r reader, at string, j *panelJSON) {
	p.Type, p.options.coloured, p.options.named = "bars", true, true
	if p.config.custom.kind == "funnel" {
		p.Type = "funnel"
	}
	var o barGaugeJSON
	r.decode(at, j.Options, &o)
	r.only(at+"/displayMode", o.DisplayMode, "basic", "gradient")
	r.only(at+"/orientation", o.Orientation, "horizontal")
	r.only(at+"/valueMode", o.ValueMode, "color", "text")
	p.readReduce(r, at, &o.Reduce)
}

func (p *panel) readTable(r reader, at string, j *panelJSON) {
	p.Type = "table"
	if p.config.custom.kind == "alerts" {
		p.Type = "alerts"
	}
	var o tableJSON
	r.decode(at, j.Options, &o)
	if o.Footer.Show || !o.ShowHeader || o.FrameIndex != 0 {
		r.cannot(at, "a table with a footer, without a header or of another frame than the first")
	}
	if len(o.SortBy) > 1 {
		r.cannot(at+"/sortBy", "more than one column to sort by")
		return
	}
	for _, s := range o.SortBy {
		p.options.sortBy, p.options.sortDesc = s.DisplayName, s.Desc
	}
}
