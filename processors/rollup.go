package processors

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"tidemark/schemas"
)

// Period is what a rollup has one set of rows for, in the shop's own calendar.
type Period string

// The periods of rollups.
const (
	Day   Period = "day"
	Month Period = "month"
)

// longest bounds the length of a period: a day has up to 25 hours, a month up to 31 days and an hour.
func (p Period) longest() time.Duration {
	if p == Month {
		return 32 * 24 * time.Hour
	}
	return 26 * time.Hour
}

// Rollup defines a metric by SQL: what needs a join, days of state or the absence of an event. It has rows per period of
// the shop's own business calendar, which a runner computes anew whenever an event has touched the period.
type Rollup struct {
	Name     string // lower snake case; the table is r_<name>, the view v_<name>
	Title    Text
	Help     string   // one sentence: meaning and units
	Formula  string   // how it is defined, with its source
	Owner    string   // team that answers for it
	Dims     []string // split beside shop and market, which every rollup has
	Measures []MeasureSpec
	Values   []Value
	Panels   []Panel
	RollupSpec
}

// RollupSpec is what a rollup has and a metric of the stream has not.
type RollupSpec struct {
	Period  Period
	Sources []string      // families whose events it reads
	After   []string      // rollups whose views it reads
	Refresh time.Duration // how often it is brought up to date
	Touch   Touch
	Feeds   []Feed // tables that are brought up to date first
	// Stock says that a row is what there is at the period's end, not what happened in it: rows of several periods do
	// not add up, and boards show the newest.
	Stock bool
	// Thin, for a Stock by day, is how many days are kept; of what is older, the last day of each month stays. 0 keeps all.
	Thin int
	// Batch is how many periods one statement computes at most; 0 for the usual number.
	Batch int
	// SQL is a SELECT for one shop and some periods: columns window_start (begin of the period), the dimensions, and the
	// measures, a KindUniq as <name>_state (of uniqState over UInt64). It reads the periods from the table periods (shop,
	// begins, ends), and takes {shop:String}, {market:String}, {zone:String}, {currency:String}, and, in milliseconds,
	// {from:Int64} and {to:Int64} (bounds of all periods) and {now:Int64}.
	SQL string
}

// Feed fills a table of states from new events, before what reads it is computed.
type Feed struct {
	Table  *schemas.Table
	Source string // family
	// SQL is a SELECT of all columns of the table that may read fresh, the new events of the source, and takes
	// {shop:String}. Events are read again now and then: a row that is written twice must be one.
	SQL string
}

// Touch says which periods an event changes. The usual one, the zero value, is the period in which it occurred.
type Touch struct {
	// In gives other moments for the events of a source: a SELECT of a column at (DateTime64) that may read fresh, those
	// that are new, and takes {shop:String}.
	In map[string]string
	// Span adds the periods that begin up to that long after; Onward adds all later ones.
	Span time.Duration
}

// Onward is the Span of what an event changes for good.
const Onward = 1 << 62

// DefineRollup makes a definition of a rollup. No consumer group works for it: package processors/rollup runs it.
func DefineRollup(r Rollup) Definition {
	spec := r.RollupSpec
	return Definition{Spec: Spec{
		Name: r.Name, Title: r.Title, Help: r.Help, Formula: r.Formula, Owner: r.Owner, Dims: append([]string{"shop", "market"}, r.Dims...),
		Measures: r.Measures, Values: r.Values, Panels: r.Panels, Rollup: &spec,
	}}
}

// RollupHash changes whenever rows of the old and the new definition must not be mixed.
func (s *Spec) RollupHash() uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, s.Name, s.Dims, s.Rollup.Period, s.Rollup.SQL)
	for _, m := range s.Measures {
		fmt.Fprint(h, m.Name, m.Kind)
	}
	return h.Sum64()
}

// checkRollup reports what is wrong with a rollup alone.
func (s *Spec) checkRollup() (errs []error) {
	r := s.Rollup
	bad := func(format string, a ...any) { errs = append(errs, fmt.Errorf(format, a...)) }
	if r.Period != Day && r.Period != Month {
		bad("period %q: a rollup is by %q or %q", r.Period, Day, Month)
	}
	if len(r.Sources)+len(r.After) == 0 || r.SQL == "" || r.Refresh < time.Second {
		bad("a source or a rollup that it comes after, SQL, and a refresh of at least 1s are required")
	}
	for _, f := range r.Sources {
		if !slices.Contains(schemas.FamilyNames(), f) {
			bad("source %q: the families are %v", f, schemas.FamilyNames())
		}
	}
	for _, f := range r.Feeds {
		if !slices.Contains(r.Sources, f.Source) || f.Table == nil || f.SQL == "" {
			bad("a feed needs a table, SQL, and one of the sources; it has %q", f.Source)
		}
	}
	for family := range r.Touch.In {
		if !slices.Contains(r.Sources, family) {
			bad("Touch.In has %q, which is no source of it", family)
		}
	}
	if r.Thin > 0 && (!r.Stock || r.Period != Day) {
		bad("Thin is for a stock by day")
	}
	if len(s.Alerts) > 0 {
		bad("the detector of alerts judges windows of fixed length; it cannot judge a rollup yet")
	}
	for _, m := range s.Measures {
		if m.Kind == KindMin || m.Kind == KindMax || m.Kind == KindLast {
			bad("measure %q: a rollup stores counts, sums, money, distinct ids and distributions", m.Name)
		}
	}
	return errs
}

// Rollups lists the rollups so that each comes after those whose views it reads. The catalogue has been checked.
func (c Catalogue) Rollups() []*Spec {
	sorted, _ := c.rollups()
	return sorted
}

func (c Catalogue) rollups() ([]*Spec, error) {
	byName := map[string]*Spec{}
	for i := range c {
		if c[i].Rollup != nil {
			byName[c[i].Name] = &c[i].Spec
		}
	}
	var out []*Spec
	var errs []error
	state := map[string]int{} // 1: being visited, 2: done
	var visit func(s *Spec)
	visit = func(s *Spec) {
		if state[s.Name] != 0 {
			if state[s.Name] == 1 {
				errs = append(errs, fmt.Errorf("rollup %q comes after itself, by way of others", s.Name))
			}
			return
		}
		state[s.Name] = 1
		for _, name := range s.Rollup.After {
			if dep := byName[name]; dep != nil {
				visit(dep)
			} else {
				errs = append(errs, fmt.Errorf("rollup %q comes after %q, which is no rollup", s.Name, name))
			}
		}
		state[s.Name] = 2
		out = append(out, s)
	}
	for i := range c {
		if c[i].Rollup != nil {
			visit(&c[i].Spec)
		}
	}
	return out, errors.Join(errs...)
}

// LongestPeriod bounds the length of a window or period.
func (s *Spec) LongestPeriod() time.Duration {
	if s.Rollup != nil {
		return s.Rollup.Period.longest()
	}
	return cmp.Or(s.Window.Size, time.Minute)
}

// describe says for the dictionary from what a rollup is computed, and when.
func (r *RollupSpec) describe() string {
	text := fmt.Sprintf("Rollup by %s of the shop's own calendar, from %s", r.Period, strings.Join(append(slices.Clone(r.Sources), r.After...), ", "))
	if len(r.After) > 0 {
		text += fmt.Sprintf(" (after the rollup %s)", strings.Join(r.After, ", "))
	}
	text += fmt.Sprintf("; brought up to date every %v, periods of late events included", r.Refresh)
	if r.Thin > 0 {
		text += fmt.Sprintf("; each of the last %d days, before that the last day of each month", r.Thin)
	}
	return text
}
