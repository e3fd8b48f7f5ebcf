package alerts

import (
	"strings"
	"time"

	"tidemark/processors"
	"tidemark/schemas"
)

// Rule is one alert of the catalogue with what the evaluator needs to know of its metric.
type Rule struct {
	processors.Alert
	Metric   string // name of the metric
	View     string // where its windows are read
	Window   time.Duration
	Group    string   // consumer group of its watermark
	Topic    string   // topic of its watermark
	Owner    string   // the metric's owner
	Team     string   // who is told
	Dims     []string // dimensions of a series: shop, then Alert.By
	Num, Den string   // measures: the count itself, or numerator and denominator of a ratio
	Board    string   // id of the board that a message leads to
	Panel    uint32   // id of the panel there
}

// Ratio says whether the figure is a share; else it is a count.
func (r *Rule) Ratio() bool { return r.Den != "" }

// Key names one series of a rule: the values of Rule.Dims, joined by "/". It is the "series" label of every message.
type Key string

// Shop is the first dimension.
func (k Key) Shop() string {
	shop, _, _ := strings.Cut(string(k), "/")
	return shop
}

// Point is one window of a series. A window in which nothing happened is a point with zeros.
type Point struct {
	Start schemas.Millis
	Num   float64 // the count, or the numerator
	Den   float64 // the denominator; 0 for counts
	Open  bool    // not complete yet: it may still grow
}

// Tier is how serious a reading is.
type Tier uint8

// The tiers; orange implies yellow.
const (
	Green Tier = iota
	Yellow
	Orange
)

// String is the tier as tables, labels and messages write it.
func (t Tier) String() string { return [...]string{"green", "yellow", "orange"}[t] }

// Basis says what the expected value rests on.
type Basis string

// The bases, best first.
const (
	Weekly Basis = "weekly" // this hour of the week over the past weeks
	Daily  Basis = "daily"  // this time of the day over the past days; for streams only
	Recent Basis = "recent" // the level of late; for streams only
	Cold   Basis = "cold"   // fixed bounds: the history is too short. Of a stream: not judged yet
)

// Reading is what the evaluator found for one window of one series. Limits are the values of the figure over the rule's
// shortest span, which is the window itself unless the rule names longer ones, at which a tier begins, guards included.
// They are NaN where there is none: in the other direction, with too few samples, or where no value goes so far. A
// ratio's Actual and SpanActual are NaN without samples; nothing else is ever NaN.
type Reading struct {
	Rule       string
	Key        Key
	Start      schemas.Millis // of the newest window judged
	Actual     float64        // of that window: the count, or the ratio (NaN without samples)
	Samples    float64        // behind the deciding span: the expected count, or the denominator
	Expected   float64        // of one window; NaN for a cold ratio without a level of its own
	YellowLow  float64
	YellowHigh float64
	OrangeLow  float64
	OrangeHigh float64
	// Sigma is the deviation in the bad direction, in standard deviations: 0 with too few samples, held below yellow's
	// trigger while the change is smaller than the guards ask for. Where the basis is Cold, it is the place on a scale on
	// which the fixed bounds are the triggers.
	Sigma       float64
	Score       float64 // Sigma as a number from 0 to below 1; 0.5 is yellow's trigger
	Span        int     // windows of the deciding span
	SpanActual  float64 // the figure over the deciding span
	SpanExpects float64 // what was expected there
	Tier        Tier    // after trigger and recovery
	Basis       Basis
	Open        bool // judged on a window that is not complete
}
