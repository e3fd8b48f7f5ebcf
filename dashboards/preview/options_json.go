package preview

type reduceJSON struct {
	Values bool     `json:"values"`
	Limit  float64  `json:"limit"`
	Calcs  []string `json:"calcs"`
	Fields string   `json:"fields"`
}

type textSizeJSON struct {
	TitleSize float64 `json:"titleSize"`
	ValueSize float64 `json:"valueSize"`
}

type legendJSON struct {
	DisplayMode string   `json:"displayMode"`
	Placement   string   `json:"placement"`
	ShowLegend  bool     `json:"showLegend"`
	SortBy      string   `json:"sortBy"`
	SortDesc    bool     `json:"sortDesc"`
	Calcs       []string `json:"calcs"`
}

type tooltipJSON struct {
	Mode      string `json:"mode"`
	Sort      string `json:"sort"`
	HideZeros bool   `json:"hideZeros"`
}

type timeseriesJSON struct {
	Legend  legendJSON  `json:"legend"`
	Tooltip tooltipJSON `json:"tooltip"`
}

type statJSON struct {
	GraphMode              string       `json:"graphMode"`
	ColorMode              string       `json:"colorMode"`
	JustifyMode            string       `json:"justifyMode"`
	TextMode               string       `json:"textMode"`
	WideLayout             bool         `json:"wideLayout"`
	ShowPercentChange      bool         `json:"showPercentChange"`
	PercentChangeColorMode string       `json:"percentChangeColorMode"`
	Reduce                 reduceJSON   `json:"reduceOptions"`
	Text                   textSizeJSON `json:"text"`
	Orientation            string       `json:"orientation"`
}

type gaugeJSON struct {
	ShowThresholdLabels  bool         `json:"showThresholdLabels"`
	ShowThresholdMarkers bool         `json:"showThresholdMarkers"`
	Sizing               string       `json:"sizing"`
	MinVizWidth          float64      `json:"minVizWidth"`
	MinVizHeight         float64      `json:"minVizHeight"`
	Reduce               reduceJSON   `json:"reduceOptions"`
	Text                 textSizeJSON `json:"text"`
	Orientation          string       `json:"orientation"`
}

type barGaugeJSON struct {
	DisplayMode   string       `json:"displayMode"`
	ValueMode     string       `json:"valueMode"`
	NamePlacement string       `json:"namePlacement"`
	ShowUnfilled  bool         `json:"showUnfilled"`
	Sizing        string       `json:"sizing"`
	MinVizWidth   float64      `json:"minVizWidth"`
	MinVizHeight  float64      `json:"minVizHeight"`
	MaxVizHeight  float64      `json:"maxVizHeight"`
	Legend        legendJSON   `json:"legend"`
	Reduce        reduceJSON   `json:"reduceOptions"`
	Text          textSizeJSON `json:"text"`
	Orientation   string       `json:"orientation"`
}

type tableJSON struct {
	FrameIndex    float64 `json:"frameIndex"`
	ShowHeader    bool    `json:"showHeader"`
	ShowTypeIcons bool    `json:"showTypeIcons"`
	CellHeight    string  `json:"cellHeight"`
	SortBy        []struct {
		DisplayName string `json:"displayName"`
		Desc        bool   `json:"desc"`
	} `json:"sortBy"`
	Footer struct {
		Show      bool     `json:"show"`
		Reducer   []string `json:"reducer"`
		Fields    []string `json:"fields"`
		CountRows bool     `json:"countRows"`
	} `json:"footer"`
}

type textJSON struct {
	Mode    string `json:"mode"`
	Content string `json:"content"`
}
