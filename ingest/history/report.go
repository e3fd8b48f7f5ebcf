package history

import (
	"math/big"

	"tidemark/schemas"
)

// Report is what became of a file. Lines is always Used + Ignored + Refused.
type Report struct {
	Input    string
	Family   string
	Shop     string
	Source   string
	DryRun   bool
	Lines    int64 // rows of the file, without the header
	Used     int64 // lines that are in an event
	Ignored  int64 // lines that a rule leaves out
	Refused  int64 // lines that cannot be used
	Rules    []RuleReport
	Reasons  map[string]int64 // refused lines by reason
	Dropped  []string         // columns of the file that the mapping does not read
	From, To schemas.Millis   // times of the first and the last event; 0 where there is none
	Events   int64
	Masked   int64            // personal values that were hashed or masked
	Times    int64            // documents whose lines have several times; the earliest was taken
	Differ   map[string]int64 // documents whose lines differ in a field; the first line's value was taken
	Twice    bool             // some local times occurred twice, as clocks were put back; the first was taken
	Rounded  bool             // some amounts had more than six decimals
	Shadow   bool             // the source is not the shop's authoritative one: stored, not counted
	Bad      string           // file with the refused lines; empty where there is none

	Written int64 // events put into Kafka
	There   int64 // events that were stored already
}

// RuleReport is what the lines of one rule became.
type RuleReport struct {
	Name      string
	Ignored   string // why, for rules that ignore
	Lines     int64  // lines used, or ignored
	Documents int64
	Events    int64
	Money     map[string]map[string]*big.Int // micro-units, by field and currency
}

func newReport(p *plan, in *Input, dry bool) *Report {
	r := &Report{
		Input: in.name, Family: p.family, Shop: p.shop.ID, Source: p.m.Source, DryRun: dry,
		Reasons: map[string]int64{}, Differ: map[string]int64{}, Shadow: !p.shop.Counts(p.family, p.m.Source),
	}
	for _, b := range p.rules {
		r.Rules = append(r.Rules, RuleReport{Name: b.Name, Ignored: b.Ignore, Money: map[string]map[string]*big.Int{}})
	}
	return r
}

// rule finds a rule's part of the report.
func (r *Report) rule(name string) *RuleReport {
	for i := range r.Rules {
		if r.Rules[i].Name == name {
			return &r.Rules[i]
		}
	}
	return &RuleReport{} // every line's rule is listed
}

// used counts what the lines of one rule in one document became.
func (r *Report) used(rule string, lines int, m *made) {
	part := r.rule(rule)
	part.Lines += int64(lines)
	part.Documents++
	part.Events += int64(len(m.events))
	r.Used += int64(lines)
	r.Events += int64(len(m.events))
	r.Masked += int64(m.masked)
	for _, a := range m.amounts {
		if part.Money[a.name] == nil {
			part.Money[a.name] = map[string]*big.Int{}
		}
		sum := part.Money[a.name][m.currency]
		if sum == nil {
			sum = new(big.Int)
			part.Money[a.name][m.currency] = sum
		}
		sum.Add(sum, big.NewInt(int64(a.amount)))
	}
	for _, e := range m.events {
		if r.From == 0 || e.At < r.From {
			r.From = e.At
		}
		r.To = max(r.To, e.At)
	}
}

func (r *Report) differ(fields map[string]bool) {
	for name := range fields {
		if name == fieldTime {
			r.Times++
		} else {
			r.Differ[name]++
		}
	}
}
