package proctest

import (
	"fmt"
	"math/rand/v2"

	"tidemark/processors"
)

// Try runs the scenario that belongs to a seed, on the first records of its log where limit is not 0, and returns what
// differs from the oracle. It also returns the length of the log.
//
// With snapshots, owners may take up the state that an owner before them, or a zombie, has kept, or a damaged one.
func Try(seed uint64, limit int, snapshots bool) (records int, err error) {
	return try(seed, limit, snapshots, nil, NoneBroken)
}

func try(seed uint64, limit int, snapshots bool, t *twist, broken Rule) (records int, err error) {
	r := rand.New(rand.NewPCG(seed, 1))
	sc := scenarioOf(r)
	sc.kept = snapshots
	if sc.twist = t; t != nil && t.applies != nil && !t.applies(&sc) {
		return 0, nil
	}
	log := generate(r, habitsOf(r, sc.loss || sc.start > 0), sc.start)
	if limit > 0 {
		log = log[:min(limit, len(log))]
	}
	s, err := newSim(seed, sc, log)
	if err != nil {
		return len(log), err
	}
	if err = s.run(); err == nil {
		err = s.check(log, broken)
	}
	if err != nil {
		err = fmt.Errorf("group %s: %w", sc.group, err)
	}
	return len(log), err
}

// scenarioOf draws what happens beside crashes: mostly nothing.
func scenarioOf(r *rand.Rand) scenario {
	sc := scenario{group: pick(r, processors.GroupFast, processors.GroupSlow), crashes: r.IntN(7), deadline: 60}
	switch r.IntN(8) {
	case 0, 1:
		sc.next = &edition{added: true}
	case 2:
		sc.next, sc.orderly = &edition{added: r.IntN(2) == 0, changed: true}, true
	case 3:
		sc.loss = true
	case 4:
		sc.start, sc.known = 1000, r.IntN(2) == 0
	}
	return sc
}
