package proctest

import (
	"fmt"

	"tidemark/processors"
)

// checkLateness compares with what a recompute without lateness gives: a window may differ only where a late event has
// been marked. A late event of a session may move the ends of all sessions around it, up to the end of their chain.
func checkLateness(defs []processors.Definition, log []processors.Record, o Options, have *Outcome, cuts map[string]cut) error {
	o.NoLateness = true
	full, err := Batch(defs, log, o)
	if err != nil {
		return err
	}
	for name, want := range full.Metrics {
		c := have.Metrics[name]
		for _, start := range differing(c, want) {
			if start > cuts[name].tainted && !c.Dirty[start] && !inChain(c, want, start) {
				return fmt.Errorf("%s: window %d differs from a recompute without lateness, and no late event accounts for it", name, start-begin)
			}
		}
	}
	return nil
}

func differing(a, b *Counted) (starts []int64) {
	for key, r := range a.Rows {
		if other := b.Rows[key]; other == nil || other.Text() != r.Text() {
			starts = append(starts, key.Start)
		}
	}
	for key := range b.Rows {
		if a.Rows[key] == nil {
			starts = append(starts, key.Start)
		}
	}
	return starts
}

// inChain says whether a window lies between a late event and the end of the chain that it belongs to.
func inChain(c, full *Counted, start int64) bool {
	if c.Spec.Sessions == nil {
		return false
	}
	gap, size := c.Spec.Sessions.Gap.Milliseconds(), c.Spec.Window.Size.Milliseconds()
	for _, at := range c.LateAt {
		for _, ch := range full.Chains {
			if ch.First <= at+gap && at <= ch.Last+gap && start+size > at-1 && start <= ch.Last+gap {
				return true
			}
		}
	}
	return false
}
