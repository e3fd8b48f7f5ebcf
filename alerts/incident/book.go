package incident

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"tidemark/alerts"
	"tidemark/schemas"
)

// Again is how soon after its resolution an incident is opened again, rather than a new one: a figure that flaps is one
// incident, not twenty.
const Again = 10 * time.Minute

// Config is what a Book needs to know beside events.
type Config struct {
	Rules   []alerts.Rule
	Runbook func(rule string) string         // address of the rule's page; nil: none
	Zone    func(shop string) *time.Location // zone in which messages give times; nil: UTC
}

// Book holds the incidents and decides what happens next. It is a fold over events: the same events in any order, each
// any number of times, give the same Book. It is not safe for concurrent use.
type Book struct {
	conf    Config
	rules   map[string]*alerts.Rule
	records map[string]*record        // by id
	latest  map[series]*record        // the incident opened last
	seen    map[series]alerts.Reading // newest readings given to Observe
}

// NewBook makes an empty book.
func NewBook(c Config) *Book {
	b := &Book{conf: c, rules: map[string]*alerts.Rule{}, records: map[string]*record{}, latest: map[series]*record{}, seen: map[series]alerts.Reading{}}
	for i := range c.Rules {
		b.rules[c.Rules[i].Name] = &c.Rules[i]
	}
	return b
}

// Load folds events that were stored before, in any order.
func (b *Book) Load(events []Event) {
	for _, e := range slices.SortedFunc(slices.Values(events), byTime) {
		b.add(e)
	}
}

func (b *Book) add(e Event) {
	r := b.records[e.Incident]
	if r == nil {
		r = &record{id: e.Incident}
		b.records[e.Incident] = r
	}
	r.add(e)
	if r.state.opened == 0 {
		return // what opened it has not come yet
	}
	if l := b.latest[r.of()]; l == nil || newer(r, l) < 0 {
		b.latest[r.of()] = r
	}
}

// newer sorts incidents, newest first.
func newer(x, y *record) int {
	return cmp.Or(cmp.Compare(y.state.opened, x.state.opened), cmp.Compare(y.id, x.id))
}

// sorted lists the incidents that were opened, newest first.
func (b *Book) sorted() []*record {
	all := slices.DeleteFunc(slices.Collect(maps.Values(b.records)), func(r *record) bool { return r.state.opened == 0 })
	slices.SortFunc(all, newer)
	return all
}

// Forget drops the incidents that are over and saw their last event before the instant, and readings as old, so that a
// hub that runs for years holds what it would load after a restart.
func (b *Book) Forget(before schemas.Millis) {
	maps.DeleteFunc(b.seen, func(_ series, r alerts.Reading) bool { return r.Start < before })
	for id, r := range b.records {
		if r.state.active() || r.last() >= before {
			continue
		}
		delete(b.records, id)
		if b.latest[r.of()] == r {
			delete(b.latest, r.of())
		}
	}
}

// Open counts the active incidents of each tier.
func (b *Book) Open() map[alerts.Tier]int {
	n := map[alerts.Tier]int{alerts.Yellow: 0, alerts.Orange: 0}
	for _, r := range b.records {
		if r.state.active() {
			n[r.state.tier]++
		}
	}
	return n
}
