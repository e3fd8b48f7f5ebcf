package processors

import (
	"time"

	"tidemark/processors/window"
	"tidemark/schemas"
)

// Text is a label in the languages of the boards.
type Text struct {
	EN string
	ZH string
}

// Metric defines one metric over events of type E. Everything else is derived from it: the aggregation, the table and
// its view, the dictionary entry, its panels on the boards, its alerts. Only sums, counts and mergeable states are stored; the view divides.
type Metric[E any] struct {
	Name     string // lower snake case; the table is m_<name>, the view v_<name>
	Title    Text
	Help     string // one sentence: meaning and units
	Formula  string // how it is defined, with its source
	Owner    string // team that answers for it
	Where    func(*E) bool
	By       []Dim[E] // split beside shop and market, which every metric has
	Window   window.Spec
	Lateness time.Duration
	Measures []Measure[E]
	Values   []Value
	Headline bool    // also written every second
	Panels   []Panel // how boards show it
	Alerts   []Alert // when somebody is told
	// KeepDuplicates switches deduplication by event id off for this metric.
	KeepDuplicates bool
	// Unread names fields of the events, as in JSON, that no function of the metric and of its sessions reads. A recompute
	// does not fetch them, which saves most where they are large, such as the lines of orders.
	Unread []string
	// MaxTuples bounds the dimension tuples per shop, window and partition; 0 stands for the package's MaxTuples.
	MaxTuples int
	// Revision is raised by hand when a function of the metric changes its meaning: the change then starts at a clean window.
	Revision int
}

// Dim is one dimension that a metric is split by.
type Dim[E any] struct {
	Name string
	Of   func(*E) string
}

// Kind says how a measure aggregates.
type Kind uint8

// The kinds of measures.
const (
	KindCount    Kind = iota + 1 // number of events
	KindSum                      // sum of integers
	KindMoney                    // sum of money, 128 bits wide
	KindMin                      // smallest integer
	KindMax                      // largest integer
	KindUniq                     // distinct ids; merged by ClickHouse's uniq
	KindQuantile                 // log-bucket histogram, 1 % relative error; merged by sumMap
	KindLast                     // integer of the latest event by (event time, offset)
)

// Measure is one stored column of a metric. Exactly one of Int, Money and ID is set, as the kind asks; a count has none.
type Measure[E any] struct {
	Name  string
	Kind  Kind
	Unit  string // "", "ms", "currency"
	Title Text   // empty: the name in words
	Where func(*E) bool
	Int   func(*E) int64
	Money func(*E) schemas.Money
	ID    func(*E) string // empty ids are not counted
}

// Titled gives the measure its label on boards.
func (m Measure[E]) Titled(en, zh string) Measure[E] {
	m.Title = Text{EN: en, ZH: zh}
	return m
}

// Count counts the events for which where holds; a nil where counts all.
func Count[E any](name string, where func(*E) bool) Measure[E] {
	return Measure[E]{Name: name, Kind: KindCount, Where: where}
}

// Sum adds up an integer.
func Sum[E any](name, unit string, where func(*E) bool, of func(*E) int64) Measure[E] {
	return Measure[E]{Name: name, Kind: KindSum, Unit: unit, Where: where, Int: of}
}

// SumMoney adds up money; the metric must be split by currency.
func SumMoney[E any](name string, where func(*E) bool, of func(*E) schemas.Money) Measure[E] {
	return Measure[E]{Name: name, Kind: KindMoney, Unit: "currency", Where: where, Money: of}
}

// Min keeps the smallest value.
func Min[E any](name, unit string, where func(*E) bool, of func(*E) int64) Measure[E] {
	return Measure[E]{Name: name, Kind: KindMin, Unit: unit, Where: where, Int: of}
}

// Max keeps the largest value.
func Max[E any](name, unit string, where func(*E) bool, of func(*E) int64) Measure[E] {
	return Measure[E]{Name: name, Kind: KindMax, Unit: unit, Where: where, Int: of}
}

// Uniq counts distinct ids.
func Uniq[E any](name string, where func(*E) bool, id func(*E) string) Measure[E] {
	return Measure[E]{Name: name, Kind: KindUniq, Where: where, ID: id}
}

// Quantile keeps the distribution of a non-negative integer.
func Quantile[E any](name, unit string, where func(*E) bool, of func(*E) int64) Measure[E] {
	return Measure[E]{Name: name, Kind: KindQuantile, Unit: unit, Where: where, Int: of}
}

// Last keeps the value of the latest event by (event time, offset).
func Last[E any](name, unit string, where func(*E) bool, of func(*E) int64) Measure[E] {
	return Measure[E]{Name: name, Kind: KindLast, Unit: unit, Where: where, Int: of}
}

// Value is a figure that the view computes from the measures.
type Value struct {
	Name  string
	Title Text
	Unit  string // "ratio", "ms", "currency", ...
	SQL   string // over the merged measures' names; the view's text
	// Num and Den are the measures that Ratio and Mean divide; empty for SQL of its own.
	Num, Den string
}

// Ratio divides one measure by another; it is NULL while the denominator is 0.
func Ratio(name string, title Text, num, den string) Value {
	return Value{Name: name, Title: title, Unit: "ratio", SQL: num + " / nullIf(" + den + ", 0)", Num: num, Den: den}
}

// Mean divides a money or time measure by a count, in the unit given; it is NULL while the count is 0.
func Mean(name string, title Text, unit, sum, count string) Value {
	return Value{Name: name, Title: title, Unit: unit, SQL: sum + " / nullIf(" + count + ", 0)", Num: sum, Den: count}
}
