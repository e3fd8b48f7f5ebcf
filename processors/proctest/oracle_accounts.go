package proctest

import (
	"fmt"
)

// Fate is what became of an event in one metric.
type Fate int

// The fates; heartbeats have none.
const (
	NoEvent Fate = iota
	Counts
	Late
	Duplicate
	Dead
	Skipped
	Cut
)

// AccountKey names an account.
type AccountKey struct {
	Minute int64 // start of a minute of append time, milliseconds
	Metric string
}

// Account counts the events of a minute by what became of them.
type Account struct {
	By   map[Fate]int64
	Last int64 // offset of its last event
}

// fate is what can be said before a metric looks at the record.
func (s *seen) fate(dedupe bool) Fate {
	switch {
	case s.dead:
		return Dead
	case !s.isEvent:
		return NoEvent
	case s.dup && dedupe:
		return Duplicate
	}
	return Counts
}

// fateOf is the fate of an event that was too late for a window, and that stands in another which was not cut.
func fateOf(refused, taken bool, o Options) Fate {
	switch {
	case refused && o.Broken == AccountsLateOnce:
		return Late
	case taken || !refused && o.Broken == AccountsIgnoreCuts:
		return Counts
	case refused:
		return Late
	}
	return Cut
}

// account sums up the fates of one metric.
func (out *Outcome) account(metric string, all []seen, fates []Fate, o Options) {
	for i, f := range fates {
		if f == NoEvent {
			continue
		}
		k := AccountKey{all[i].minute, metric}
		if o.Broken == AccountsByEventTime {
			k.Minute = all[i].ts / 60_000 * 60_000
		}
		a := out.Accounts[k]
		if a == nil {
			a = &Account{By: map[Fate]int64{}}
			out.Accounts[k] = a
		}
		a.By[f]++
		a.Last = all[i].off
	}
}

// Text writes an account as the rows of the table accounts are written for comparison.
func (a *Account) Text() string {
	total := int64(0)
	for _, n := range a.By {
		total += n
	}
	return fmt.Sprintf("%d: %d counted, %d late, %d duplicate, %d quarantined, %d skipped, %d cut, last %d",
		total, a.By[Counts], a.By[Late], a.By[Duplicate], a.By[Dead], a.By[Skipped], a.By[Cut], a.Last)
}
