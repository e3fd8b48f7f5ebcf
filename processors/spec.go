package processors

import (
	"errors"
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"time"

	"tidemark/processors/window"
	"tidemark/schemas"
)

// Consumer groups. A session needs hours of the log, an aligned window minutes, so they commit apart.
const (
	GroupFast = "fast" // aligned windows
	GroupSlow = "slow" // sessions
)

// MaxDims bounds the dimensions of a metric, shop and market included.
const MaxDims = 8

// MaxTuples bounds the dimension tuples of a metric per shop, window and partition, where it sets no bound of its own;
// what comes later counts under Other.
const MaxTuples = 2000

// Other stands in every dimension but shop and market for what exceeded MaxTuples.
const Other = "(other)"

// Spec is a metric without its functions: what tables, views, boards and documents are derived from.
type Spec struct {
	Name     string
	Title    Text
	Help     string
	Formula  string
	Owner    string
	Family   string
	Topic    string
	Group    string
	Dims     []string
	Window   window.Spec
	Lateness time.Duration
	Measures []MeasureSpec
	Values   []Value
	Headline bool
	Dedupe   bool
	Unread   []string      // fields of the events that do not matter
	Sessions *SessionsSpec // nil for metrics of single events
	// MaxTuples is the bound beyond which tuples count under Other.
	MaxTuples int
	Revision  int
	Panels    []Panel
	Alerts    []Alert
	Rollup    *RollupSpec // nil for metrics of the stream; a rollup has no topic, group, window or lateness
}

// MeasureSpec is a measure without its functions.
type MeasureSpec struct {
	Name  string
	Kind  Kind
	Unit  string
	Title Text
}

// SessionsSpec names the sessions that a metric counts.
type SessionsSpec struct {
	Name string
	window.SessionSpec
	Lateness time.Duration
	Revision int
}

// Fingerprint changes whenever rows of the old and the new definition must not be mixed.
func (s *Spec) Fingerprint() uint32 {
	h := fnv.New32a()
	type stored struct { // what a measure's rows depend on: a new title changes no row
		Name string
		Kind Kind
		Unit string
	}
	var measures []stored
	for _, m := range s.Measures {
		measures = append(measures, stored{m.Name, m.Kind, m.Unit})
	}
	fmt.Fprint(h, s.Name, s.Topic, s.Dims, s.Window, s.Lateness, measures, s.Dedupe, s.MaxTuples, s.Revision)
	if s.Sessions != nil {
		fmt.Fprint(h, s.Sessions.fingerprint())
	}
	return h.Sum32()
}

func (s *SessionsSpec) fingerprint() uint32 {
	h := fnv.New32a()
	fmt.Fprint(h, "sessions", s.Name, s.SessionSpec, s.Lateness, s.Revision)
	return h.Sum32()
}

var nameRule = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// Check reports everything that is wrong with a definition.
func (s *Spec) Check() error {
	var errs []error
	bad := func(format string, a ...any) {
		errs = append(errs, fmt.Errorf("metric %q: "+format, append([]any{s.Name}, a...)...))
	}
	if s.Rollup != nil {
		for _, err := range s.checkRollup() {
			bad("%w", err)
		}
	} else if err := s.Window.Check(); err != nil {
		bad("%w", err)
	}
	if s.Sessions != nil {
		if err := s.Sessions.Check(); err != nil {
			bad("%w", err)
		}
		if s.Lateness != 0 || s.Window.Step != s.Window.Size {
			bad("a metric on sessions has tumbling windows, and its lateness is set on the sessions")
		}
	}
	if s.Lateness < 0 {
		bad("lateness %v is negative", s.Lateness)
	}
	if len(s.Dims) > MaxDims {
		bad("%d dimensions, at most %d are possible", len(s.Dims), MaxDims)
	}
	if i := slices.Index(s.Dims, "shop"); i > 0 {
		bad("dimension shop must be the first")
	}
	if i := slices.Index(s.Dims, "market"); i >= 0 && (i != 1 || s.Dims[0] != "shop") {
		bad("dimension market must be the second, after shop")
	}
	if s.Title.EN == "" || s.Title.ZH == "" || s.Help == "" {
		bad("title in en and zh, and help, are required")
	}
	if len(s.Measures) == 0 {
		bad("no measures")
	}
	seen := map[string]bool{"window_start": true, "window_end": true, "part": true, "ver": true, "complete": true, columnGone: true}
	for _, n := range s.names() {
		if !nameRule.MatchString(n) {
			bad("name %q must be lower snake case", n)
		}
		if seen[n] {
			bad("name %q stands twice", n)
		}
		seen[n] = true
	}
	for _, err := range append(s.checkPanels(), s.checkAlerts()...) {
		bad("%w", err)
	}
	return errors.Join(errs...)
}

func (s *Spec) names() []string {
	n := append([]string{}, s.Dims...)
	for _, m := range s.Measures {
		n = append(n, m.Name)
	}
	for _, v := range s.Values {
		n = append(n, v.Name)
	}
	return n
}

// lateBy is how far M must have passed a window's end for it to be closed, in milliseconds.
func (s *Spec) lateBy() int64 {
	if s.Sessions != nil {
		// Sessions fold whole seconds of event time, and one that ends exactly with the window can still grow until
		// the second after it has been folded.
		return s.Sessions.Lateness.Milliseconds() + 1000
	}
	return s.Lateness.Milliseconds()
}

// FinalAfter is how long after its end a window is final, in event time.
func (s *Spec) FinalAfter() time.Duration { return time.Duration(s.lateBy()) * time.Millisecond }

// reach is how far behind M a window may begin for which something has been counted already, in milliseconds: a session
// that a cap has cut closes up to a gap after its last event.
func (s *Spec) reach() int64 {
	if s.Sessions != nil {
		return s.Sessions.Gap.Milliseconds()
	}
	return 0
}

// TableName is the table of the metric's partial rows.
func (s *Spec) TableName() string {
	if s.Rollup != nil {
		return "r_" + s.Name
	}
	return "m_" + s.Name
}

// ViewName is the view that merges them.
func (s *Spec) ViewName() string { return "v_" + s.Name }

// Table is the table of partial rows: one row per window, dimension tuple and partition, the newest version wins.
func (s *Spec) Table() *schemas.Table {
	if s.Rollup != nil {
		return s.rollupTable()
	}
	t := &schemas.Table{
		Name: s.TableName(), Doc: s.Help, Engine: "ReplacingMergeTree(ver)", Partition: "toYYYYMM(window_start)",
		TTL:     columnStored + " + INTERVAL 3 YEAR", // not from window_start, or imported history would be gone on arrival
		Columns: []schemas.Column{{Name: "window_start", Type: "DateTime64(3, 'UTC')", Doc: "Start of the window."}},
		OrderBy: []string{"window_start"},
	}
	for _, d := range s.Dims {
		t.Columns = append(t.Columns, schemas.Column{Name: d, Type: "LowCardinality(String)", Doc: "Dimension."})
		t.OrderBy = append(t.OrderBy, d)
	}
	t.OrderBy = append(t.OrderBy, "part")
	t.Columns = append(t.Columns,
		schemas.Column{Name: "part", Type: "UInt64", Doc: "Topic id and partition that the row was computed from."},
		schemas.Column{Name: "ver", Type: "UInt64", Doc: "Revision and offset of the last record counted."})
	for _, m := range s.Measures {
		t.Columns = append(t.Columns, m.columns()...)
	}
	t.Columns = append(t.Columns, schemas.Column{
		Name: columnGone, Type: "Bool",
		Doc: "Tombstone: a recompute found nothing to count here. It hides the older versions and is no row itself.",
	}, schemas.Column{Name: columnStored, Type: "DateTime('UTC')", Expr: "MATERIALIZED now()", Doc: "When the row was stored; retention counts from here."})
	return t
}

// columnGone marks tombstones. Rows of the stream leave it out, which stands for false.
const columnGone = "gone"

// columnStored is set by ClickHouse and no part of the figures.
const columnStored = "stored"

func (m MeasureSpec) columns() []schemas.Column {
	col := func(suffix, typ, expr, doc string) schemas.Column {
		return schemas.Column{Name: m.Name + suffix, Type: typ, Expr: expr, Doc: doc}
	}
	switch m.Kind {
	case KindMoney:
		return []schemas.Column{col("", "Decimal(38, 6)", "", "Sum of money.")}
	case KindUniq:
		return []schemas.Column{
			col("", "UInt64", "", "Distinct ids in this partition."),
			col("_ids", "Array(UInt64)", "EPHEMERAL", "Hashes of the ids, sent once the window is closed."),
			col("_state", "AggregateFunction(uniq, UInt64)", "DEFAULT arrayReduce('uniqState', "+m.Name+"_ids)", "Mergeable state of the closed window."),
		}
	case KindQuantile:
		return []schemas.Column{col("", "Map(Int32, UInt64)", "", "Samples per logarithmic bucket.")}
	case KindLast:
		return []schemas.Column{
			col("", "Int64", "", "Value of the latest event."),
			col("_at", "DateTime64(3, 'UTC')", "", "Its event time."),
		}
	default:
		return []schemas.Column{col("", "Int64", "", "")}
	}
}
