package proctest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"tidemark/processors"
)

// keeper holds the snapshots that owners and zombies have taken, whether or not their rows were stored. It draws from a
// source of its own, so that a seed's scenario is the same with snapshots and without.
type keeper struct {
	*rand.Rand
	kept []keep
}

// keep is one snapshot.
type keep struct {
	b       []byte
	next    int64
	edition int
	begun   int // how often metrics had begun anew for the task
	spoilt  bool
}

// keep takes a snapshot of an owner that has just been flushed, now and then.
func (s *sim) keep(o *owner) {
	if s.keeper.IntN(2) == 0 {
		return
	}
	b, next := o.task.(processors.Snapshotter).Snapshot(nil)
	if b != nil {
		s.keeper.kept = append(s.keeper.kept, keep{b: b, next: next, edition: o.edition, begun: o.begun})
	}
}

// offer draws a snapshot that the group's commits may point at: one of the present beginning, mostly a young one.
func (s *sim) offer() (k keep, ok bool) {
	var all []keep
	for _, k := range s.keeper.kept {
		if k.begun == len(s.starts) || s.isSame(k.edition) && k.begun == len(s.starts)-1 && !s.starts[k.begun].all {
			all = append(all, k)
		}
	}
	if len(all) == 0 || s.keeper.IntN(4) == 0 {
		return k, false
	}
	if n := len(all); s.keeper.IntN(3) > 0 {
		all = all[max(0, n-3):]
	}
	k = all[s.keeper.IntN(len(all))]
	if s.twist == noTwist && s.keeper.IntN(8) == 0 {
		k.spoil(s.keeper.Rand)
	}
	return k, true
}

// spoil damages the snapshot in a way that its form shows. What only its checksum shows is the business of its transport.
func (k *keep) spoil(r *rand.Rand) {
	k.spoilt = true
	switch r.IntN(3) {
	case 0:
		k.b = k.b[:r.IntN(len(k.b))]
	case 1:
		k.b = append(slices.Clone(k.b), 0)
	case 2:
		k.b = slices.Clone(k.b)
		k.b[0]++
	}
}

// isSame says whether the metrics of an edition are those of the present one.
func (s *sim) isSame(edition int) bool {
	return slices.EqualFunc(s.defs[edition], s.defs[s.now], func(a, b processors.Definition) bool {
		return a.Fingerprint() == b.Fingerprint()
	})
}

// takeUp lets a new owner begin with a snapshot where there is one that serves, and wants every other to be refused.
func (s *sim) takeUp(o *owner, a processors.Assignment) error {
	k, ok := s.offer()
	if !ok {
		return nil
	}
	p := *a.Position
	a.Position = &p
	if s.twist.take != nil {
		s.twist.take(s, &k, &p)
	}
	if s.twist.keep != nil {
		s.twist.keep(s, &k)
	}
	task, err := s.work[s.now].NewTask(a)
	if err != nil {
		return err
	}
	next, err := task.(processors.Snapshotter).Restore(k.b)
	if s.twist == noTwist {
		if wrong := s.judge(&k, &p, err); wrong != nil {
			return wrong
		}
	}
	if err != nil {
		s.trace("snapshot at %d refused: %v", k.next, err)
		return nil
	}
	s.trace("snapshot at %d taken up", next)
	o.task, o.p, o.next = task, p.P, s.index(next)
	return nil
}

// judge compares what became of a snapshot with what ought to.
func (s *sim) judge(k *keep, p *processors.Position, err error) error {
	var want error
	switch {
	case k.spoilt:
		if err == nil {
			return errors.New("a damaged snapshot was taken up")
		}
		return nil
	case k.next > p.P:
		want = processors.ErrSnapshotAhead
	case k.next < p.C:
		want = processors.ErrSnapshotOld
	case !s.isSame(k.edition) || !s.isSame(s.last.edition):
		want = processors.ErrSnapshotCatalogue
	}
	if !errors.Is(err, want) {
		return fmt.Errorf("the snapshot at %d of edition %d, for position %+v: %v, want %v", k.next, k.edition, *p, err, want)
	}
	return nil
}
