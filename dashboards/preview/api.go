// Package preview shows the generated boards without Grafana: it reads the same JSON files, runs their SQL, works out
// units, thresholds, mappings, overrides and reductions, and hands the browser panels that are ready to be drawn. The
// browser sends a board, a range and the chosen variables, never SQL.
//
//	GET /                                       the page (?board=live&lang=zh&from=now-6h&to=now&var-shop=chaye&theme=dark&kiosk)
//	GET /assets/...                             its script and style
//	GET /api/boards?lang=zh                     []BoardLink
//	GET /api/boards/{uid}                       Board
//	GET /api/boards/{uid}/variables?RANGE       []Variable with options
//	GET /api/boards/{uid}/panels/{id}?RANGE     Data
//	GET /api/boards/{uid}/annotations?RANGE     []Annotation
//	GET /api/features                           Features
//
// RANGE is from and to (epoch milliseconds or now, now-6h, now/d), width in pixels, and var-<name> once per chosen value;
// tz is the browser's time zone, for now/d and for written times where the board names none. What is wrong with a request
// comes back as {"error": "..."} with a status from 400 on; a query that fails is the panel's Error.
package preview

// BoardLink is one line of the list of boards.
type BoardLink struct {
	UID   string `json:"uid"`
	ID    string `json:"id"` // the same in every language
	Title string `json:"title"`
	Lang  string `json:"lang"`
}

// Board is a board without its data.
type Board struct {
	BoardLink
	Twin      string     `json:"twin"` // uid of the board in the other language
	From      string     `json:"from"` // default range
	To        string     `json:"to"`
	Refresh   string     `json:"refresh"`   // default, for example "10s"; empty: none
	Intervals []string   `json:"intervals"` // choices of it
	Timezone  string     `json:"timezone"`  // "browser" or an IANA name
	Variables []Variable `json:"variables"` // without options
	Panels    []Panel    `json:"panels"`
}

// Variable is one choice above the board.
type Variable struct {
	Name       string   `json:"name"`
	Label      string   `json:"label"`
	Multi      bool     `json:"multi"`
	IncludeAll bool     `json:"include_all"`
	Current    []string `json:"current"` // default; "$__all" for all
	Options    []Option `json:"options,omitempty"`
}

// Option is one value of a variable.
type Option struct {
	Value string `json:"value"`
	Text  string `json:"text"`
}

// Panel is a panel without its data. Type is row, timeseries, stat, gauge, bars, table, funnel, text or alerts.
type Panel struct {
	ID          int64  `json:"id"`
	Type        string `json:"type"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"` // Markdown
	X           int    `json:"x"`                     // of 24 columns
	Y           int    `json:"y"`
	W           int    `json:"w"`
	H           int    `json:"h"`
	Links       []Link `json:"links,omitempty"`
}

// Link leads to a board or a page; the address is complete but for the range and the variables, which Keep asks for.
type Link struct {
	Title string            `json:"title"`
	Board string            `json:"board,omitempty"` // uid
	Set   map[string]string `json:"set,omitempty"`   // variables chosen there
	URL   string            `json:"url,omitempty"`   // instead of a board
	Keep  bool              `json:"keep"`            // range and variables come along
}

// Data is what a panel draws. Which field is set follows from the panel's type.
type Data struct {
	ID         int64       `json:"id"`
	Error      string      `json:"error,omitempty"` // what to tell the person; the rest is empty then
	From       int64       `json:"from"`            // range that was read, epoch milliseconds
	To         int64       `json:"to"`
	Series     []Series    `json:"series,omitempty"`     // timeseries
	Thresholds []Threshold `json:"thresholds,omitempty"` // timeseries, gauge
	Stats      []Stat      `json:"stats,omitempty"`      // stat, gauge
	Bars       []Bar       `json:"bars,omitempty"`       // bars, funnel
	Table      *Table      `json:"table,omitempty"`      // table, alerts
	Text       string      `json:"text,omitempty"`       // text: Markdown
	Message    string      `json:"message,omitempty"`    // why there is nothing to draw, in the board's language
}

// Unit tells the browser how to write a value on axes and in tooltips.
type Unit struct {
	Kind     string `json:"kind"`     // number, percent (of 0..1), duration_ms, duration_s, currency
	Prefix   string `json:"prefix"`   // for example ¥
	Suffix   string `json:"suffix"`   //
	Decimals int    `json:"decimals"` // -1: as needed
}

// Series is one line. Role tells how it is drawn: "" as a line; "expected" dashed; "yellow_low", "yellow_high",
// "orange_low" and "orange_high" as the limits of the bands.
type Series struct {
	Name   string        `json:"name"`
	Role   string        `json:"role,omitempty"`
	Color  string        `json:"color,omitempty"` // name of Grafana's palette, or empty: by name
	Unit   Unit          `json:"unit"`
	Points [][2]*float64 `json:"points"`         // time in milliseconds, value; null is a gap
	Last   string        `json:"last,omitempty"` // newest value, written out
	Link   *Link         `json:"link,omitempty"`
}

// Threshold colours values from Value on; the first has none.
type Threshold struct {
	Value *float64 `json:"value"`
	Color string   `json:"color"`
}

// Stat is one big number.
type Stat struct {
	Name  string        `json:"name"` // empty where the panel's title says it
	Text  string        `json:"text"` // written out, with unit or mapping
	Value *float64      `json:"value"`
	Color string        `json:"color"`
	Min   *float64      `json:"min,omitempty"` // gauge
	Max   *float64      `json:"max,omitempty"` // gauge
	Spark [][2]*float64 `json:"spark,omitempty"`
	Link  *Link         `json:"link,omitempty"`
}

// Bar is one bar, or one step of a funnel.
type Bar struct {
	Label string  `json:"label"`
	Text  string  `json:"text"`
	Value float64 `json:"value"`
	Share float64 `json:"share"` // of the longest bar, 0 to 1
	Color string  `json:"color"`
	Link  *Link   `json:"link,omitempty"`
}

// Table is a grid of written values.
type Table struct {
	Columns []Column `json:"columns"`
	Rows    [][]Cell `json:"rows"`
}

// Column heads a table's column.
type Column struct {
	Title string `json:"title"`
	Align string `json:"align"` // left or right
}

// Cell is one value of a table.
type Cell struct {
	Text  string   `json:"text"`
	Value *float64 `json:"value,omitempty"`
	Color string   `json:"color,omitempty"` // background, from thresholds or a mapping
	Share float64  `json:"share,omitempty"` // of the column's largest, where the column shows bars
	Link  *Link    `json:"link,omitempty"`
}

// Annotation marks a moment or, with End, a period on every time series.
type Annotation struct {
	Time  int64  `json:"time"`
	End   int64  `json:"end,omitempty"`
	Title string `json:"title"`
	Text  string `json:"text"`
	Color string `json:"color"`
}

// Features tells the page what is mounted beside the boards.
type Features struct {
	Incidents bool `json:"incidents"`
	Demo      bool `json:"demo"`
}
