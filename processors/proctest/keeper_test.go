package proctest

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"tidemark/processors"
	"tidemark/schemas"
)

// TestSnapshotIsTheTask: a task that takes up a snapshot hands over from then on what the original does, byte for byte.
func TestSnapshotIsTheTask(t *testing.T) {
	taken := 0
	for seed := range uint64(600) {
		ok, err := trySnapshot(seed)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if ok {
			taken++
		}
	}
	if taken < 400 {
		t.Errorf("only %d of 600 seeds took up a snapshot", taken)
	}
}

func trySnapshot(seed uint64) (taken bool, err error) {
	r := rand.New(rand.NewPCG(seed, 4))
	log := generate(r, habitsOf(r, false), 0)
	work, err := catalogue(edition{added: r.IntN(2) == 0}).Work(pick(r, processors.GroupFast, processors.GroupSlow), "g")
	if err != nil {
		return false, err
	}
	a, err := work.NewTask(processors.Assignment{Topic: Topic, Part: 7})
	if err != nil {
		return false, err
	}
	at := r.IntN(len(log))
	a.Apply(log[:at])
	a.Flush(false)
	b, next := a.(processors.Snapshotter).Snapshot(nil)
	gap := r.IntN(min(30, len(log)-at+1))
	a.Apply(log[at : at+gap])
	p := a.Flush(false).Position
	if next < p.C {
		return false, nil
	}
	c, err := work.NewTask(processors.Assignment{Topic: Topic, Part: 7, Position: &p})
	if err != nil {
		return false, err
	}
	from, err := c.(processors.Snapshotter).Restore(b)
	if err != nil || from != int64(at) {
		return false, fmt.Errorf("restored to %d, want %d: %w", from, at, err)
	}
	c.Apply(log[at : at+gap])
	for rest := log[at+gap:]; len(rest) > 0; {
		n := 1 + r.IntN(min(20, len(rest)))
		a.Apply(rest[:n])
		c.Apply(rest[:n])
		rest = rest[n:]
		headline := r.IntN(3) == 0
		x, y := a.Flush(headline), c.Flush(headline)
		y.Stats.Replayed = x.Stats.Replayed
		if sortMarks(&x); !reflect.DeepEqual(x, sortMarks(&y)) {
			return true, fmt.Errorf("%d records after the snapshot: %+v, want %+v", len(log)-at-len(rest), y, x)
		}
	}
	return true, nil
}

// sortMarks puts the rows of the dirty table, which have no order, into one.
func sortMarks(f *processors.Flush) processors.Flush {
	for i := range f.Blocks {
		b := &f.Blocks[i]
		if b.Table.Name != "dirty" {
			continue
		}
		var rows []string
		for j := range b.Rows {
			rows = append(rows, fmt.Sprint(column[string](b, "metric")[j], column[schemas.Millis](b, "window_start")[j], column[string](b, "reason")[j]))
		}
		slices.Sort(rows)
		b.Data = []any{rows}
	}
	return *f
}

// TestSnapshotRulesBroken breaks the rules of snapshots one by one; the simulation must notice each.
func TestSnapshotRulesBroken(t *testing.T) {
	for name, tw := range map[string]twist{
		"a snapshot ahead of the commit is used":   {applies: calm, take: useAhead},
		"the highest event time is forgotten":      {applies: calm, keep: forget('c')},
		"how far the log was read is forgotten":    {applies: calm, keep: forget('r'), finalOnly: true},
		"the ids of the horizon are forgotten":     {applies: calm, keep: forget('d')},
		"the account of the minute is forgotten":   {applies: calm, keep: forget('a')},
		"open windows are forgotten":               {applies: calm, keep: forget('w')},
		"events that wait are forgotten":           {applies: both(calm, slow), keep: forget('h')},
		"open sessions are forgotten":              {applies: both(calm, slow), keep: forget('s')},
		"chains of sessions are forgotten":         {applies: both(calm, slow), keep: forget('l')},
		"the cut of a damaged log is forgotten":    {applies: lost, keep: forgetFrom},
		"the state is that of some flushes before": {applies: calm, keep: older},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mustFail(t, &tw, NoneBroken)
		})
	}
}

// TestEverySectionHasItsControl fails when a snapshot gets a section that no control above forgets.
func TestEverySectionHasItsControl(t *testing.T) {
	var tags []byte
	for _, s := range sectionsOf(freshSnapshot(newSimOf(t))) {
		tags = append(tags, s.tag)
	}
	if string(tags) != "cradwhsl" {
		t.Errorf("a snapshot has the sections %q: each needs a control in TestSnapshotRulesBroken", tags)
	}
}

func newSimOf(t *testing.T) *sim {
	s, err := newSim(1, scenario{group: processors.GroupSlow}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func both(a, b func(*scenario) bool) func(*scenario) bool {
	return func(sc *scenario) bool { return a(sc) && b(sc) }
}

// useAhead pretends that the group had committed at the snapshot.
func useAhead(s *sim, k *keep, p *processors.Position) {
	if k.next > p.P && len(s.starts) == 0 {
		p.P, p.MAtP = k.next, schemas.Millis(mOf(s.log[:k.next]))
	}
}

// older puts the content of an earlier snapshot under the offset of a later one.
func older(s *sim, k *keep) {
	for _, o := range s.keeper.kept {
		if o.next < k.next && s.isSame(o.edition) {
			head, _ := cutHead(k.b)
			_, body := cutHead(o.b)
			k.b = append(slices.Clone(head), body...)
			return
		}
	}
}

// forget empties one section.
func forget(tag byte) func(*sim, *keep) {
	return func(s *sim, k *keep) {
		if !s.isSame(k.edition) {
			return
		}
		for _, empty := range sectionsOf(freshSnapshot(s)) {
			if empty.tag == tag {
				edit(k, tag, func([]byte) []byte { return empty.body })
			}
		}
	}
}

// forgetFrom forgets since when the first metric counts: the first field of the section of windows.
func forgetFrom(s *sim, k *keep) {
	edit(k, 'w', func(body []byte) []byte {
		_, n := binary.Varint(body)
		return append([]byte{0}, body[n:]...)
	})
}

// edit changes the body of one section.
func edit(k *keep, tag byte, change func(body []byte) []byte) {
	head, _ := cutHead(k.b)
	b := slices.Clone(head)
	for _, sec := range sectionsOf(k.b) {
		if sec.tag == tag {
			sec.body = change(sec.body)
		}
		b = binary.BigEndian.AppendUint32(append(b, sec.tag), uint32(len(sec.body)))
		b = append(b, sec.body...)
	}
	k.b = b
}

// freshSnapshot is that of a task that has read nothing.
func freshSnapshot(s *sim) []byte {
	task, err := s.work[s.now].NewTask(processors.Assignment{Topic: Topic, Part: 7})
	if err != nil {
		panic(err)
	}
	b, _ := task.(processors.Snapshotter).Snapshot(nil)
	return b
}

type rawSection struct {
	tag  byte
	body []byte
}

// cutHead takes what stands before the sections: version, part, offset, identity.
func cutHead(b []byte) (head, body []byte) {
	_, n := binary.Varint(b[9:])
	at := 9 + n
	at += 4 + int(binary.BigEndian.Uint32(b[at:]))
	return b[:at], b[at:]
}

func sectionsOf(b []byte) (all []rawSection) {
	for _, b = cutHead(b); len(b) > 0; {
		n := 5 + binary.BigEndian.Uint32(b[1:])
		all = append(all, rawSection{b[0], b[5:n]})
		b = b[n:]
	}
	return all
}
