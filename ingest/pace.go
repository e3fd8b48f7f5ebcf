package ingest

import (
	"hash/maphash"
	"sync/atomic"
	"time"

	"tidemark/schemas"
)

// paceSlots is how many visitors one pace follows at a time; at 60,000 events/s each slot sees one event a second.
const paceSlots = 1 << 16

// pace finds visitors who are faster than people: more than most events within one minute of event time. It is an
// estimate that errs to one side: visitors who share a slot wear each other's count down, so a robot may be seen later
// than it could be, and nobody is taken for one because of others. Safe for many goroutines.
type pace struct {
	most  uint32 // 0 for no limit
	seed  maphash.Seed
	slots []atomic.Uint64 // the upper half tells visitor and minute, the lower half counts
}

// newPace limits nothing where most is 0 or less.
func newPace(most int) *pace {
	if most <= 0 {
		return &pace{}
	}
	return &pace{most: uint32(min(most, 1<<30)), seed: maphash.MakeSeed(), slots: make([]atomic.Uint64, paceSlots)}
}

// over counts an event and says whether its visitor has had more of them in that minute than people have.
func (p *pace) over(shop, visitor string, at schemas.Millis) bool {
	if p.most == 0 {
		return false
	}
	h := maphash.Comparable(p.seed, visitorMinute{shop, visitor, int64(at) / time.Minute.Milliseconds()})
	slot, mine := &p.slots[h%paceSlots], uint32(h>>32)
	for {
		old := slot.Load()
		who, n := uint32(old>>32), uint32(old)
		switch {
		case who == mine:
			n = min(n+1, 2*p.most) // bounded, so that a robot which has left is soon worn down
		case n == 0:
			who, n = mine, 1
		default:
			n--
		}
		if slot.CompareAndSwap(old, uint64(who)<<32|uint64(n)) {
			return who == mine && n > p.most
		}
	}
}

type visitorMinute struct {
	shop, visitor string
	minute        int64
}
