package proctest

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tidemark/processors"
	"tidemark/processors/window"
	"tidemark/schemas"
)

// recountTwist breaks a rule of recomputes.
type recountTwist struct {
	noCopies   bool // what land marked as copies counts
	byTime     bool // a slice comes in the order of event time
	noCarry    bool // sessions end with their slice
	noLead     bool // sessions are read from the first window on
	noDoubt    bool // what is read before the first window is not lengthened
	noTombs    bool // old keys stay
	halfWindow bool // slices divide windows of single events
	broken     Rule // in the oracle
}

const part = 7

// TestRecount counts random stretches of the simulation's logs anew, in random slices, over a table that holds what the
// stream has written, and wants what the oracle makes of the whole log without lateness.
func TestRecount(t *testing.T) {
	rows := 0
	for seed := range uint64(300) {
		n, err := tryRecount(seed, recountTwist{})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		rows += n
	}
	if rows < 10_000 {
		t.Fatalf("only %d rows compared", rows)
	}
	t.Logf("%d rows", rows)
}

func TestRecountControls(t *testing.T) {
	for name, tw := range map[string]recountTwist{
		"copies count":                              {noCopies: true},
		"copies beyond the horizon count":           {broken: CopiesBeyondHorizon},
		"late events stay out":                      {broken: LatenessKept},
		"order of time instead of the log":          {byTime: true},
		"slices divide windows":                     {halfWindow: true},
		"sessions are not carried over":             {noCarry: true},
		"nothing is read before the first window":   {noLead: true},
		"beginnings of chains are not looked for":   {noDoubt: true},
		"no tombstones":                             {noTombs: true},
		"sessions count in the order of their ends": {broken: SessionsByEnd},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(3000) {
				if _, err := tryRecount(seed, tw); err != nil {
					t.Logf("found with seed %d: %v", seed, err)
					return
				}
			}
			t.Error("not found")
		})
	}
}

// tryRecount recounts every metric of a seed's log. It returns how many rows it has compared.
func tryRecount(seed uint64, tw recountTwist) (rows int, err error) {
	r := rand.New(rand.NewPCG(seed, 5))
	log := generate(r, habitsOf(r, false), 0)
	defs := catalogue(edition{added: true})
	want, err := Batch(defs, log, Options{End: true, Recompute: true, Broken: tw.broken})
	if err != nil {
		return 0, err
	}
	raw, err := rawOf(defs[0], log, tw)
	if err != nil {
		return 0, err
	}
	for i := range defs {
		d := &defs[i]
		s := recounting{Rand: r, def: d, raw: raw, tables: newTables(), twist: tw}
		if err := s.stream(log); err != nil {
			return rows, err
		}
		step := d.Window.StepMS()
		from := window.Floor(begin+r.Int64N(300_000)-100_000, step)
		to := from + step*(1+r.Int64N(40))
		if r.IntN(3) == 0 {
			from, to = window.Floor(begin-200_000, step), window.Floor(begin+2_000_000, step)
		}
		if err := s.run(from, to); err != nil {
			return rows, err
		}
		n, err := s.compare(want.Metrics[d.Name], from, to)
		if err != nil {
			return rows, fmt.Errorf("[%d, %d): %w", from-begin, to-begin, err)
		}
		rows += n
	}
	return rows, nil
}

// timed is a raw event with its event time.
type timed struct {
	processors.RawEvent
	ts int64
}

// rawOf is what land makes of the log.
func rawOf(d processors.Definition, log []processors.Record, tw recountTwist) ([]timed, error) {
	p, err := d.Plain()
	if err != nil {
		return nil, err
	}
	var out []timed
	for _, s := range read(p, log, Options{}, &Outcome{}) {
		if s.isEvent {
			e := processors.RawEvent{Part: part, Offset: s.off, Time: schemas.Millis(s.at), Duplicate: s.dup && !tw.noCopies, Value: log[s.off].Value}
			out = append(out, timed{e, s.ts})
		}
	}
	return out, nil
}

// recounting is a recount of one metric.
type recounting struct {
	*rand.Rand
	def    *processors.Definition
	raw    []timed
	tables *tables
	twist  recountTwist
}

// stream fills the table with what the stream writes, and with a row that nothing in the log accounts for.
func (s *recounting) stream(log []processors.Record) error {
	work, err := processors.Catalogue{*s.def}.Work(s.def.Group, "g")
	if err != nil {
		return err
	}
	task, err := work.NewTask(processors.Assignment{Topic: Topic})
	if err != nil {
		return err
	}
	task.Apply(log)
	task.Close()
	f := task.Flush(false)
	for i := range f.Blocks {
		s.tables.insert(&f.Blocks[i])
	}
	return nil
}

// give is a slice: events with from <= event time < to.
func (s *recounting) give(c *processors.Recount, from, to int64) {
	var in []timed
	for _, e := range s.raw {
		if e.ts >= from && e.ts < to {
			in = append(in, e)
		}
	}
	if s.twist.byTime {
		slices.SortStableFunc(in, func(a, b timed) int { return cmp.Compare(a.ts, b.ts) })
	}
	for i := range in {
		c.Apply(&in[i].RawEvent)
	}
	c.Advance(to)
}

func (s *recounting) begin(from, to, since int64) (*processors.Recount, error) {
	return s.def.NewRecount(from, to, since, map[uint64]int64{part: 1 << 30}, 1)
}

func (s *recounting) run(from, to int64) error {
	if s.def.Sessions != nil {
		return s.sessions(from, to)
	}
	step := s.def.Window.StepMS()
	for from < to {
		end := min(to, from+step*(1+s.Int64N(8)))
		c, err := s.begin(from, end, from)
		if err != nil {
			return err
		}
		if need := s.def.Need(end); s.twist.halfWindow {
			s.give(c, from+step/2, need)
			s.give(c, from, from+step/2)
			c.Advance(need)
		} else {
			s.give(c, from, need)
		}
		if err := s.take(c); err != nil {
			return err
		}
		from = end
	}
	return nil
}

func (s *recounting) sessions(from, to int64) error {
	gap := s.def.Sessions.Gap.Milliseconds()
	var c *processors.Recount
	for lead := s.def.Lead(); ; lead *= 2 {
		if s.twist.noLead {
			lead = gap
		}
		var err error
		if c, err = s.begin(from, to, from-lead); err != nil {
			return err
		}
		if c, err = s.slices(c, from-lead, from-gap, from, to); err != nil {
			return err
		}
		if s.twist.noLead || s.twist.noDoubt || len(c.OpenSince(from-lead+gap-1)) == 0 {
			break
		}
	}
	c, err := s.slices(c, from-gap, s.def.Need(to), from, to)
	if err != nil {
		return err
	}
	if n := c.Stats().Doubtful; n > 0 && !s.twist.noLead && !s.twist.noDoubt {
		return fmt.Errorf("%d sessions are doubtful", n)
	}
	return nil
}

// slices gives [at, end) in slices.
func (s *recounting) slices(c *processors.Recount, at, end, from, to int64) (*processors.Recount, error) {
	for at < end {
		next := min(end, at+1000*(1+s.Int64N(60)))
		s.give(c, at, next)
		if err := s.take(c); err != nil {
			return nil, err
		}
		if at = next; s.twist.noCarry {
			var err error
			if c, err = s.begin(from, to, at); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

// take stores what has closed.
func (s *recounting) take(c *processors.Recount) error {
	first, end := c.Closed()
	var stored []processors.StoredKey
	for p, v := range s.tables.newest {
		if p.metric == s.def.Name && p.Start >= first && p.Start < end && v.text != tombstone && !s.twist.noTombs {
			stored = append(stored, processors.StoredKey{Start: p.Start, Part: part, Dims: splitDims(p.Dims, len(s.def.Dims))})
		}
	}
	for _, b := range c.Take(stored, 1+s.IntN(20)) {
		if b.Block.Rows == 0 || b.Block.Rows != b.Rows+b.Tombstones || len(b.Windows) == 0 {
			return errors.New("a batch without rows")
		}
		s.tables.insert(&b.Block)
	}
	return nil
}

// compare wants every row of [from, to) as the oracle has it, and none else.
func (s *recounting) compare(want *Counted, from, to int64) (n int, err error) {
	for key, r := range want.Rows {
		if key.Start < from || key.Start >= to {
			continue
		}
		n++
		if got := s.tables.newest[place{s.def.Name, key}]; got.text != r.Text() || got.ver>>40 != 1 {
			return n, fmt.Errorf("%s: got %q in version %d, want %q", place{s.def.Name, key}, got.text, got.ver, r.Text())
		}
	}
	for p, got := range s.tables.newest {
		if p.metric == s.def.Name && p.Start >= from && p.Start < to && got.text != tombstone && want.Rows[p.Key] == nil {
			return n, fmt.Errorf("%s: got %q, want no row", p, got.text)
		}
	}
	return n, nil
}

func splitDims(dims string, n int) []string {
	if n == 0 {
		return nil
	}
	return strings.Split(dims, DimSeparator)
}
