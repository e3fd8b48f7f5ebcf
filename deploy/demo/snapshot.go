package demo

import (
	"fmt"
	"strings"
	"time"

	"tidemark/deploy/demo/truth"
)

// snapshot is what the live line and /api/demo show. It is replaced whole, never changed.
type snapshot struct {
	At              time.Time     `json:"at"`
	EventsPerSecond float64       `json:"events_per_second"` // accepted by the collector
	Lag             int64         `json:"lag"`               // records that the processors have yet to read
	Freshness       float64       `json:"freshness"`         // seconds from an event's arrival to its row, lately
	CompleteUntil   time.Time     `json:"complete_until"`    // what began before it is final; zero: unknown
	Shops           []shopFigures `json:"shops"`
	Truth           string        `json:"truth"`
	TruthOK         bool          `json:"truth_ok"` // compared, and nothing differs
	Late            int64         `json:"late"`     // counted apart, on purpose
	Duplicates      int64         `json:"duplicates"`
	DeadLetters     int64         `json:"dead_letters"`
	Error           string        `json:"error,omitempty"` // why the figures are old
}

// withTruth adds the outcome of a truth check.
func (s *snapshot) withTruth(r truth.Report) {
	s.Truth, s.TruthOK = r.String(), r.Cells > 0 && len(r.Diffs) == 0
}

// line is the snapshot on one line of a terminal.
func (s *snapshot) line() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%5.0f events/s  lag %d  fresh %.1fs  GMV today", s.EventsPerSecond, s.Lag, s.Freshness)
	for _, f := range s.Shops {
		for _, t := range f.Trade {
			if f.Orders > 0 {
				fmt.Fprintf(&b, " %s %s", t.Currency, grouped(t.GMV))
			}
		}
	}
	fmt.Fprintf(&b, "  truth %s", s.Truth)
	if s.Error != "" {
		fmt.Fprintf(&b, "  (%s)", s.Error)
	}
	return b.String()
}

// grouped rounds decimal text to two decimals for display and groups the thousands: 1234567.5 is 1,234,567.50. The
// figures of the demo have two decimals, so nothing is lost.
func grouped(text string) string {
	units, decimals, _ := strings.Cut(text, ".")
	for i := len(units) - 3; i > 0 && units[i-1] != '-'; i -= 3 {
		units = units[:i] + "," + units[i:]
	}
	return units + "." + (decimals + "00")[:2]
}
