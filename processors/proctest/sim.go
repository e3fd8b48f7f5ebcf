package proctest

import (
	"math/rand/v2"

	"tidemark/processors"
	"tidemark/schemas"
)

// scenario is what happens to one partition beside crashes.
type scenario struct {
	group    string
	start    int64    // first offset of the log
	known    bool     // a log that starts above 0: the store knows an M that may lie far back
	loss     bool     // once, the commit's metadata are lost
	next     *edition // once, the catalogue becomes this one
	orderly  bool     // the old edition's last owner drains first, and leaves no zombie
	crashes  int      // at most
	deadline int      // steps after which nothing more goes wrong
	twist    *twist   // nil, or what a negative control breaks
	kept     bool     // owners may take up snapshots
}

// twist breaks a rule from outside the engine, for negative controls. Every field may be nil or false.
type twist struct {
	applies        func(sc *scenario) bool                // scenarios that can tell
	position       func(s *sim, p *processors.Position)   // changes what a new owner is given
	assignment     func(s *sim, a *processors.Assignment) // the same, beside the position
	flush          func(s *sim, f *processors.Flush)      // changes what an owner hands over
	log            func([]processors.Record) []processors.Record
	keep           func(s *sim, k *keep)                         // changes a snapshot that an owner is given
	take           func(s *sim, k *keep, p *processors.Position) // changes the position that a snapshot is given with
	commitFirst    bool                                          // the commit comes before the rows
	commitHeadline bool                                          // a headline flush commits
	dropOnUnknown  bool                                          // an insert whose outcome is unknown is not repeated
	accountsOnly   bool                                          // what else the twist breaks is of no interest
	finalOnly      bool                                          // versions mean something else, so only the final tables are compared
}

// sim runs one scenario over one log.
type sim struct {
	scenario
	*rand.Rand
	log     []processors.Record
	work    [2]processors.Work // before and after the catalogue's change
	defs    [2][]processors.Definition
	now     int // index into work
	tables  *tables
	last    commit
	owner   *owner
	zombies []*owner
	starts  []fresher        // what has happened to the catalogue and the log, in order
	stats   processors.Stats // committed
	dead    map[int64]bool
	buried  int    // dead letters of committed flushes
	high    int    // index behind the last record whose rows anybody has stored
	serial  uint64 // flushes so far
	scratch []byte
	keeper  keeper
	trace   func(format string, a ...any)
}

// commit is what the group knows of the partition.
type commit struct {
	offset  int64 // -1: none
	text    string
	edition int
	known   schemas.Millis // where there is no text: M as the store has it
	begin   int64          // where there is no text: first offset read
}

// fresher is a point at which metrics began anew.
type fresher struct {
	edition int   // the edition that began
	all     bool  // every metric began, as the position was lost
	offset  int64 // first record that counts
	m       int64 // highest event time before it
	minute  int64 // of append time, in which its first record lies
	known   int64 // M in the store then, where all began
}

// owner is a task that holds the partition, or believes so.
type owner struct {
	task    processors.Task
	edition int
	next    int // index into the log of the next record
	p       int64
	prev    processors.Position
	era     int
	begun   int // how often metrics had begun anew when it took over
}

func newSim(seed uint64, sc scenario, log []processors.Record) (*sim, error) {
	s := &sim{
		scenario: sc, Rand: rand.New(rand.NewPCG(seed, 2)), log: log, tables: newTables(), dead: map[int64]bool{},
		last: commit{offset: -1, begin: sc.start}, trace: func(string, ...any) {},
		keeper: keeper{Rand: rand.New(rand.NewPCG(seed, 3))},
	}
	if sc.twist == nil {
		s.twist = noTwist
	}
	if s.twist.log != nil {
		s.log = s.twist.log(log)
	}
	for i, ed := range []edition{{}, {added: true}} {
		if i == 1 && sc.next != nil {
			ed = *sc.next
		}
		c := catalogue(ed)
		if err := c.Check(); err != nil {
			return nil, err
		}
		for _, d := range c {
			if d.Group == sc.group {
				s.defs[i] = append(s.defs[i], d)
			}
		}
		var err error
		if s.work[i], err = c.Work(sc.group, sc.group); err != nil {
			return nil, err
		}
	}
	if sc.start > 0 {
		s.lose(sc.start, sc.known)
	}
	return s, nil
}

// lose makes the group begin anew at an offset, with no more than what the store knows.
func (s *sim) lose(at int64, known bool) {
	s.last = commit{offset: -1, begin: at, edition: s.now}
	if at == 0 {
		s.stats, s.buried = processors.Stats{}, 0
		return // nothing is missing
	}
	f := fresher{edition: s.now, all: true, offset: at}
	switch {
	case s.tables.mVer > 0:
		s.last.known = schemas.Millis(s.tables.m)
	case known:
		s.last.known = schemas.Millis(begin - s.Int64N(100_000))
	}
	f.known = int64(s.last.known)
	f.minute = s.minuteAt(at)
	if i := s.index(at); i < len(s.log) {
		f.m = max(f.known, int64(s.log[i].Time))
	}
	s.starts = append(s.starts, f)
	s.trace("lost: begin at %d, known %d", at, f.known-begin)
}

func (s *sim) index(offset int64) int {
	i := 0
	for i < len(s.log) && s.log[i].Offset < offset {
		i++
	}
	return i
}

// take makes a new owner from what the group has committed.
func (s *sim) take() error {
	a := processors.Assignment{Topic: Topic, Part: 7, LogStart: s.last.begin, Known: s.last.known}
	o := &owner{edition: s.now, p: s.last.begin, era: s.era()}
	if s.last.offset >= 0 {
		p, err := processors.DecodePosition(s.last.offset, s.last.text)
		if err != nil {
			return err
		}
		if s.last.edition != s.now {
			s.changed(p)
		}
		o.prev = p
		if s.twist.position != nil {
			s.twist.position(s, &p)
		}
		a.Position, a.Known, o.p = &p, 0, p.P
		o.next = s.index(p.C)
	} else {
		o.next = s.index(s.last.begin)
	}
	if s.twist.assignment != nil {
		s.twist.assignment(s, &a)
	}
	var err error
	if o.task, err = s.work[s.now].NewTask(a); err != nil {
		return err
	}
	o.begun = len(s.starts)
	s.owner = o
	s.trace("owner of edition %d from %+v", s.now, a.Position)
	if s.kept && a.Position != nil {
		return s.takeUp(o, a)
	}
	return nil
}

// changed notes that the metrics of the new edition begin at p, unless it has been noted for that commit.
func (s *sim) changed(p processors.Position) {
	f := fresher{edition: s.now, offset: p.P, m: int64(p.MAtP), minute: s.minuteAt(p.P)}
	if n := len(s.starts); n > 0 && !s.starts[n-1].all {
		s.starts[n-1] = f
		return
	}
	s.starts = append(s.starts, f)
}

// apply gives an owner up to n records, but not the last one, or all for n < 0, in memory that is spoilt afterwards.
func (s *sim) apply(o *owner, n int) {
	if n = min(n, len(s.log)-1-o.next); n < 0 {
		n = len(s.log) - o.next
	}
	batch := make([]processors.Record, n)
	s.scratch = s.scratch[:0]
	for _, r := range s.log[o.next : o.next+n] {
		s.scratch = append(s.scratch, r.Value...)
	}
	rest := s.scratch
	for i, r := range s.log[o.next : o.next+n] {
		batch[i] = r
		batch[i].Value, rest = rest[:len(r.Value):len(r.Value)], rest[len(r.Value):]
	}
	o.task.Apply(batch)
	for i := range s.scratch {
		s.scratch[i] = 0xaa
	}
	o.next += n
}
