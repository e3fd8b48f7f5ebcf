package proctest

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"tidemark/schemas"
)

const accounts = "accounts"

// insertAccounts stores rows of the table accounts. The era tells owners from before the loss of a position from those
// after it, who no longer know the ids of the horizon: what they tell of one minute may differ.
func (t *tables) insertAccounts(b *schemas.Block) {
	n := func(name string, i int) int64 { return column[int64](b, name)[i] }
	for i := range b.Rows {
		ver := column[uint64](b, "ver")[i]
		text := fmt.Sprintf("%d: %d counted, %d late, %d duplicate, %d quarantined, %d skipped, %d cut, last %d", n("produced", i), n("counted", i),
			n("late", i), n("duplicate", i), n("quarantined", i), n("skipped", i), n("cut", i), ver)
		if n("produced", i) != n("counted", i)+n("late", i)+n("duplicate", i)+n("quarantined", i)+n("skipped", i)+n("cut", i) {
			t.odd = append(t.odd, text)
		}
		key := Key{int64(column[schemas.Millis](b, "minute")[i]), column[string](b, "metric")[i] + DimSeparator + strconv.Itoa(t.era)}
		t.put(written{place{accounts, key}, ver}, text)
	}
}

// era counts the losses after which the log lacked its beginning.
func (s *sim) era() (n int) {
	for _, f := range s.starts {
		if f.all {
			n++
		}
	}
	return n
}

// minuteAt is the minute of append time in which the record at an offset lies, or the first one behind it.
func (s *sim) minuteAt(offset int64) int64 {
	if i := s.index(offset); i < len(s.log) {
		return int64(s.log[i].Time) / 60_000 * 60_000
	}
	return math.MaxInt64
}

// cutsOfEvents says up to where windows of metrics of single events were cut.
func (s *sim) cutsOfEvents() map[string]int64 {
	cuts := map[string]int64{}
	for i := range s.defs[s.now] {
		d := &s.defs[s.now][i]
		for _, f := range s.starts {
			if d.Sessions == nil && (f.all || f.edition == 1 && s.isNew(d.Name)) {
				cuts[d.Name] = max(cuts[d.Name], f.m)
			}
		}
	}
	return cuts
}

// untold is the last minute of which a metric's account is not known from its beginning; partial says that nobody may store
// it, as nobody of the present era has read it all.
func (s *sim) untold(metric string) (minute int64, partial bool) {
	for _, f := range s.starts {
		if (f.all || f.edition == 1 && s.isNew(metric)) && f.minute >= minute {
			minute, partial = f.minute, f.all
		}
	}
	return minute, partial
}

// checkAccounts compares the accounts of all minutes, the open one included.
func (s *sim) checkAccounts(want *Outcome, broken Rule) error {
	if len(s.tables.odd) > 0 {
		return fmt.Errorf("account %q does not add up", s.tables.odd[0])
	}
	era := strconv.Itoa(s.era())
	for k, a := range want.Accounts {
		if from, partial := s.untold(k.Metric); k.Minute <= from && (!partial || broken != AccountsOfPartialMinutes) {
			continue
		}
		p := place{accounts, Key{k.Minute, k.Metric + DimSeparator + era}}
		if got := s.tables.newest[p]; got.text != a.Text() {
			return fmt.Errorf("account of %s: got %q in version %d, want %q", p, got.text, got.ver, a.Text())
		}
	}
	for p, got := range s.tables.newest {
		metric, ours := strings.CutSuffix(p.Dims, DimSeparator+era)
		if p.metric != accounts || !ours {
			continue
		}
		if err := s.checkOdd(p, metric, got.text, want); err != nil {
			return err
		}
	}
	for _, c := range s.tables.clashes {
		metric, ours := strings.CutSuffix(c.Dims, DimSeparator+era)
		if from, _ := s.untold(metric); c.metric == accounts && ours && c.Start > from {
			return fmt.Errorf("account of %s: two rows for version %d: %s and %s", c.place, c.ver, c.a, c.b)
		}
	}
	return nil
}

// checkOdd refuses a row of an account that ought not to be.
func (s *sim) checkOdd(p place, metric, text string, want *Outcome) error {
	from, partial := s.untold(metric)
	if p.Start <= from && partial {
		return fmt.Errorf("account of %s: got %q of a minute whose beginning nobody has read", p, text)
	}
	if p.Start > from && want.Metrics[metric] != nil && want.Accounts[AccountKey{p.Start, metric}] == nil {
		return fmt.Errorf("account of %s: got %q, want none", p, text)
	}
	return nil
}

// checkAccount compares a row ever written with what the log up to its version amounts to.
func (s *sim) checkAccount(w written, want *Outcome) error {
	metric, ours := strings.CutSuffix(w.Dims, DimSeparator+strconv.Itoa(s.era()))
	if from, _ := s.untold(metric); !ours || w.Start <= from || want.Metrics[metric] == nil {
		return nil
	}
	a := want.Accounts[AccountKey{w.Start, metric}]
	if a == nil || a.Text() != s.tables.history[w] {
		return fmt.Errorf("account of %s: version %d is %q, the log up to there gives %v", w.place, w.ver, s.tables.history[w], a)
	}
	return nil
}

// CompareAccounts says how the accounts among rows differ from what they ought to be, and how many it has compared.
func CompareAccounts(want *Outcome, got Rows) (n int, err error) {
	for k, a := range want.Accounts {
		n++
		if have := got[accounts][Key{k.Minute, k.Metric + DimSeparator + "0"}]; have != a.Text() {
			return n, fmt.Errorf("account of %s at %d: got %q, want %q", k.Metric, k.Minute, have, a.Text())
		}
	}
	if len(got[accounts]) != n {
		return n, fmt.Errorf("%d accounts, want %d", len(got[accounts]), n)
	}
	return n, nil
}
