package proctest

import (
	"math/rand/v2"
	"testing"

	"tidemark/processors"
)

// FuzzRestore reads damaged snapshots of both groups: they are refused, or taken for another state; nothing panics.
func FuzzRestore(f *testing.F) {
	log := generate(rand.New(rand.NewPCG(1, 1)), habitsOf(rand.New(rand.NewPCG(1, 2)), false), 0)
	half := len(log) / 2
	var works []processors.Work
	var positions []processors.Position
	for _, group := range []string{processors.GroupFast, processors.GroupSlow} {
		work, err := catalogue(edition{}).Work(group, group)
		if err != nil {
			f.Fatal(err)
		}
		task, err := work.NewTask(processors.Assignment{Topic: Topic, Part: 7})
		if err != nil {
			f.Fatal(err)
		}
		task.Apply(log[:half])
		p := task.Flush(false).Position
		b, _ := task.(processors.Snapshotter).Snapshot(nil)
		works, positions = append(works, work), append(positions, p)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for i, work := range works {
			p := positions[i]
			task, err := work.NewTask(processors.Assignment{Topic: Topic, Part: 7, Position: &p})
			if err != nil {
				t.Fatal(err)
			}
			next, err := task.(processors.Snapshotter).Restore(b)
			if err != nil {
				continue
			}
			if next < p.C || next > p.P {
				t.Fatalf("taken up at %d for %+v", next, p)
			}
			if f := task.Flush(false); next == p.P && f.Position.P != p.P {
				t.Fatalf("stands at %+v after a snapshot of %d", f.Position, next)
			}
		}
	})
}
