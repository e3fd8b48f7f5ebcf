package preview

import (
	"time"
)

// board is one file, checked: everything in it can be drawn.
type board struct {
	Board
	links     []string // uids that the board's own links lead to
	zone      *time.Location
	variables []variable
	panels    map[int64]*panel
	marks     []mark
}

// variable is a choice above the board and where its options come from: SQL, or a fixed list.
type variable struct {
	Variable
	sql   string
	fixed []Option
}

// mark is one query for annotations.
type mark struct {
	name, color, sql string
}

// panel is a panel with its queries.
type panel struct {
	Panel
	queries []query
	least   time.Duration // least interval
	most    int           // most points; 0: as the screen has room for
	config  fieldConfig
	changes []change
	steps   []transformation
	options options
}

// query is one target.
type query struct {
	ref    string
	sql    string
	series bool // an answer over time, else a table
}

// fieldConfig is how a field is shown.
type fieldConfig struct {
	displayName string
	unit        unit
	decimals    int // -1: as needed
	min, max    *float64
	mappings    []mapping
	thresholds  []Threshold
	relative    bool // thresholds are percentages between min and max
	color       colour
	links       []linkTemplate
	noValue     string
	custom      custom
}

// colour is how a value or series gets its colour.
type colour struct{ mode, fixed string }

// custom is what a panel's type adds to its fields.
type custom struct {
	kind   string // funnel, alerts
	hidden bool
	align  string // left or right; empty: by the kind of value
	cell   string // what a table's cell shows beside its text
}

// What a table's cell shows beside its text.
const (
	cellBackground = "background"
	cellText       = "text"
	cellBar        = "bar"
)
