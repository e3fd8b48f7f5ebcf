package proctest

import (
	"fmt"
	"strings"

	"tidemark/processors"
	"tidemark/schemas"
)

// run lets owners come and go until one has applied the whole log and committed. The last record is kept for the end, as
// an owner that never gets a record behind its position hands nothing over.
func (s *sim) run() error {
	if err := s.take(); err != nil {
		return err
	}
	for step := 0; ; step++ {
		if step > s.deadline {
			s.crashes = 0
		}
		if err := s.zombiesAct(); err != nil {
			return err
		}
		s.apply(s.owner, s.IntN(40))
		if s.owner.next == len(s.log)-1 && s.crashes == 0 {
			break
		}
		if err := s.act(); err != nil {
			return err
		}
	}
	s.apply(s.owner, -1)
	if _, err := s.flush(s.owner, false, 0); err != nil {
		return err
	}
	return s.zombiesAct()
}

// act does one of the things that may happen to the owner between two batches.
func (s *sim) act() error {
	switch n := s.IntN(10); {
	case n < 3:
		_, err := s.flush(s.owner, true, 0)
		return err
	case n < 4 && s.crashes > 0:
		return s.crash()
	case n < 5:
		return s.handOver()
	case n < 8:
		point := 0
		if s.crashes > 0 {
			point = s.IntN(12)
		}
		crashed, err := s.flush(s.owner, false, point)
		if err != nil || !crashed {
			return err
		}
		return s.crash()
	}
	return nil
}

// Points of a flush at which the owner may crash; 0 and higher ones are none.
const (
	beforeRows = iota + 1
	amidRows
	afterRows
	afterWatermark
	afterCommit
)

// flush takes an owner's rows and brings them to safety, up to the point at which it crashes.
func (s *sim) flush(o *owner, headline bool, point int) (crashed bool, err error) {
	f := o.task.Flush(headline)
	s.serial++
	s.tables.era = o.era
	if err := s.inspect(o, &f, headline); err != nil || f.Replaying {
		return false, err
	}
	s.high = max(s.high, o.next)
	if s.kept && !headline {
		s.keep(o)
	}
	if err := s.inspectCut(o, &f); err != nil {
		return false, err
	}
	if s.twist.flush != nil {
		s.twist.flush(s, &f)
	}
	mayCommit := (!headline || s.twist.commitHeadline) && o == s.owner
	if s.twist.commitFirst && mayCommit {
		s.commit(o, &f)
	}
	if point == beforeRows {
		return true, nil
	}
	if unknown := s.IntN(5) == 0; unknown || point == amidRows {
		for i := range f.Blocks {
			if s.IntN(2) == 0 {
				s.tables.insert(&f.Blocks[i])
			}
		}
		if point == amidRows {
			return true, nil
		}
		if s.twist.dropOnUnknown {
			f.Blocks = nil
		}
	}
	for i := range f.Blocks {
		s.tables.insert(&f.Blocks[i])
	}
	for _, d := range f.Dead {
		s.dead[d.Offset] = true
	}
	if point == afterRows {
		return true, nil
	}
	if !headline {
		s.tables.watermark(int64(f.M), f.Ver)
	}
	if point == afterWatermark {
		return true, nil
	}
	if mayCommit && !s.twist.commitFirst {
		s.commit(o, &f)
	}
	return point == afterCommit, nil
}

func (s *sim) commit(o *owner, f *processors.Flush) {
	text, err := processors.EncodePosition(f.Position)
	if err != nil {
		panic(err)
	}
	s.last = commit{offset: f.Position.C, text: text, edition: o.edition}
	add(&s.stats, &f.Stats)
	s.buried += len(f.Dead)
	s.trace("commit of edition %d: %+v", o.edition, f.Position)
}

func add(to, n *processors.Stats) {
	to.Records += n.Records
	to.Heartbeats += n.Heartbeats
	to.Duplicates += n.Duplicates
	to.Late += n.Late
	to.Quarantined += n.Quarantined
	to.Other += n.Other
}

// inspect checks what must hold for every flush.
func (s *sim) inspect(o *owner, f *processors.Flush, headline bool) error {
	if f.Replaying {
		if len(f.Blocks)+len(f.Dead) > 0 {
			return fmt.Errorf("the silent replay hands over %d blocks and %d dead letters", len(f.Blocks), len(f.Dead))
		}
		return nil
	}
	if headline || s.twist != noTwist {
		return nil
	}
	p := f.Position
	next := s.start + int64(o.next)
	if p.C > p.L || p.L > p.P || p.P != next {
		return fmt.Errorf("position %+v is not C <= L <= P = %d", p, next)
	}
	if p.C < o.prev.C || p.L < o.prev.L || p.P < o.prev.P {
		return fmt.Errorf("position %+v falls behind %+v", p, o.prev)
	}
	o.prev = p
	return nil
}

// inspectCut checks that an owner writes no window that was cut before it began.
func (s *sim) inspectCut(o *owner, f *processors.Flush) error {
	if o != s.owner || len(s.starts) == 0 {
		return nil
	}
	for i := range f.Blocks {
		metric := strings.TrimPrefix(f.Blocks[i].Table.Name, "m_")
		if metric == "dirty" || metric == accounts {
			continue
		}
		for _, st := range s.starts {
			if !st.all && !s.isNew(metric) {
				continue
			}
			for _, start := range column[schemas.Millis](&f.Blocks[i], "window_start") {
				if int64(start) <= st.m {
					return fmt.Errorf("%s: window %d was cut at %d and is written", metric, int64(start)-begin, st.m-begin)
				}
			}
		}
	}
	return nil
}

// zombiesAct lets owners that have lost the partition go on: they apply and insert, but their commits are refused.
func (s *sim) zombiesAct() error {
	for _, z := range s.zombies {
		if s.IntN(4) == 0 {
			s.apply(z, 1+s.IntN(60))
		}
		if s.IntN(4) == 0 {
			if _, err := s.flush(z, s.IntN(3) == 0, 0); err != nil {
				return fmt.Errorf("zombie: %w", err)
			}
		}
	}
	return nil
}

// handOver is a rebalance: the owner drains, the next one takes over.
func (s *sim) handOver() error {
	if _, err := s.flush(s.owner, false, 0); err != nil {
		return err
	}
	if s.next != nil && s.now == 0 && s.orderly && s.owner.next >= s.high {
		s.now, s.zombies = 1, nil
	}
	return s.take()
}

// crash ends the owner, or makes it a zombie, and what follows may find the world changed.
func (s *sim) crash() error {
	s.crashes--
	s.trace("crash at %d", s.owner.next)
	if s.IntN(5) < 2 {
		s.zombies = append(s.zombies, s.owner)
	}
	if s.next != nil && s.now == 0 && !s.orderly && s.IntN(2) == 0 {
		s.now = 1
	}
	if s.loss && s.IntN(2) == 0 {
		s.loss = false
		s.lose(s.lossPoint(), false)
	}
	return s.take()
}

// lossPoint is where the group begins after it has lost its position: where it has committed, or anywhere behind.
func (s *sim) lossPoint() int64 {
	at := max(s.last.offset, s.last.begin)
	if end := s.start + int64(len(s.log)); s.IntN(2) == 0 && end > at {
		at += s.Int64N(min(30, end-at))
	}
	return at
}

var noTwist = &twist{}
