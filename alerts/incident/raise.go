package incident

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"tidemark/alerts"
	"tidemark/schemas"
)

// Alert is what another program says of a series: Grafana of a rule of the catalogue, Alertmanager of a rule that it has
// from elsewhere. The two tiers of a rule of the catalogue are two alerts.
type Alert struct {
	Source      string // Grafana or Manager
	Rule        string
	Key         alerts.Key
	Team        string // of a rule that the catalogue does not have
	Tier        alerts.Tier
	Firing      bool
	Start       schemas.Millis // when it began to fire: with Fingerprint, its identity
	End         schemas.Millis // when it ended, by the clock that Start is from; 0: unknown
	Fingerprint string
	Note        string
}

// Raise takes alerts and returns the events that follow, which the book has taken already. An alert that comes again
// gives no event; neither does one that began before its incident was resolved, which is an old message that comes late.
func (b *Book) Raise(as []Alert, now schemas.Millis) []Event {
	as = slices.Clone(as)
	slices.SortStableFunc(as, calmest)
	firing := map[series]alerts.Tier{} // in this message
	var out []Event
	for i := range as {
		a := &as[i]
		if s := (series{a.Rule, a.Key}); a.Firing {
			firing[s] = max(firing[s], a.Tier)
		}
		tier, ok := b.target(a, firing[series{a.Rule, a.Key}])
		if !ok {
			continue
		}
		if e, ok := b.decide(b.signal(a, tier, now), now); ok {
			b.add(e)
			out = append(out, e)
		}
	}
	return out
}

// calmest sorts the alerts of one message so that one change makes one event: firing ones first and orange before
// yellow, then ended ones and yellow before orange.
func calmest(x, y Alert) int {
	if x.Firing != y.Firing {
		if x.Firing {
			return -1
		}
		return 1
	}
	if x.Firing {
		return cmp.Compare(y.Tier, x.Tier)
	}
	return cmp.Compare(x.Tier, y.Tier)
}

// target is the tier at which the series is after an alert, of which others in the same message fire at a tier, or none.
// It answers false where the alert says nothing.
func (b *Book) target(a *Alert, firing alerts.Tier) (alerts.Tier, bool) {
	r := b.latest[series{a.Rule, a.Key}]
	active := r != nil && r.state.active()
	switch {
	case a.Firing && active: // one that has raised the incident before comes again, perhaps late
		return max(a.Tier, r.state.tier), !r.has(eventID(Opened, a.mark())) && !r.has(eventID(Escalated, a.mark()))
	case a.Firing: // compared with the end by the same clock: it may have begun before this program heard of that end
		return a.Tier, r == nil || a.Start > r.state.newest.Start
	case active:
		return min(b.left(a, firing), r.state.tier), true
	}
	return b.left(a, firing), r != nil && !r.state.green
}

// left is the tier at which an alert leaves its series when it ends. Orange implies yellow: the end of orange leaves
// yellow, where the rule is known to have both, and the end of yellow ends both.
func (b *Book) left(a *Alert, firing alerts.Tier) alerts.Tier {
	if a.Tier == alerts.Orange && b.rules[a.Rule] != nil {
		return max(alerts.Yellow, firing)
	}
	return firing
}

// mark is the alert's identity: the same alert says the same thing once.
func (a *Alert) mark() string { return a.Fingerprint + "-" + strconv.FormatInt(int64(a.Start), 10) }

func (b *Book) signal(a *Alert, tier alerts.Tier, now schemas.Millis) *signal {
	s := series{a.Rule, a.Key}
	f := alerts.Reading{Rule: a.Rule, Key: a.Key}
	if seen, ok := b.seen[s]; ok {
		f = seen
	}
	f.Start = a.Start
	if !a.Firing {
		f.Start = max(a.Start, cmp.Or(a.End, now))
	}
	note := a.Note
	if len(note) > maxNote {
		note = strings.ToValidUTF8(note[:maxNote], "")
	}
	return &signal{
		series: s, team: a.Team, tier: tier, actor: a.Source, note: note, figures: &f, mark: a.mark(),
	}
}

// Observe takes readings that decide nothing, since another program does: they give its incidents their figures.
func (b *Book) Observe(readings []alerts.Reading) {
	for i := range readings {
		r := readings[i]
		s := series{r.Rule, r.Key}
		b.seen[s] = r
		if rec := b.latest[s]; rec != nil && rec.state.active() {
			rec.live = &r
		}
	}
}
