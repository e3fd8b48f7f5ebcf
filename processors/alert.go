package processors

// Direction says which change of a figure is bad.
type Direction uint8

// The directions.
const (
	Falls Direction = iota + 1
	Rises
	Moves // either way
)

// String is the direction as messages and documents write it.
func (d Direction) String() string { return [...]string{"", "falls", "rises", "moves"}[d] }

// Alert says when one figure of a metric is raised to the people who answer for it. The figure is compared with what
// is expected at that hour of the week; how far it is off is measured in standard deviations (sigma), in the bad
// direction. All guards hold for both tiers: with too few samples sigma is 0; a change that is not worth a message is
// held below yellow's trigger, in proportion, so that it raises no tier, but one that stands does not flicker around a
// guard.
type Alert struct {
	Name      string   // lower snake case, unique in the catalogue; the rule's id
	Title     Text     // what has happened, for example "Paid orders fall"
	Figure    string   // a count, or a ratio of two counts (a Value made by Ratio)
	By        []string // dimensions, beside shop, that are judged each by itself
	Direction Direction
	// Spans are the lengths that are judged together, in windows: a short one is quick, a long one sees what is too
	// small for a short one. Nil stands for DefaultSpans.
	Spans []int
	// MinSamples is how many events a span needs to be judged: the expected number for a count, the denominator of a
	// ratio.
	MinSamples int64
	// MinAbsolute and MinRelative are the least change from the expected value, in the figure's unit (a count: per
	// window) and as a share of it.
	MinAbsolute, MinRelative float64
	Yellow, Orange           Tier
	// Cold holds while the history is too short to expect anything of that hour. It decides alone then, with MinSamples
	// and as far as chance is ruled out.
	Cold    Bounds
	Team    string // who is told; empty: the metric's owner
	Runbook Runbook
}

// Tier is one level of an alert in sigma: it begins at Trigger and ends below Recover.
type Tier struct{ Trigger, Recover float64 }

// Bounds are fixed limits for each tier: of a ratio the value itself, of a count the share of its recent level, the
// median of the last 60 windows that were green.
type Bounds struct{ Yellow, Orange float64 }

// Runbook is the page that the one who is woken reads: each part a few sentences or a Markdown list.
type Runbook struct {
	Meaning Text // what it means for shop and customers
	Look    Text // where to look first
	Act     Text // what to do
}

// MaxSpan bounds the lengths that an alert judges, in windows.
const MaxSpan = 240

// DefaultSpans are the lengths, in windows, that an alert judges where it names none.
func DefaultSpans() []int { return []int{1, 5, 15} }

// Usual are the tiers of an alert that has no reason for others. A normal figure passes 4.5 sigma once in 300,000
// windows.
func Usual() (yellow, orange Tier) {
	return Tier{Trigger: 4.5, Recover: 2.5}, Tier{Trigger: 6, Recover: 4}
}
