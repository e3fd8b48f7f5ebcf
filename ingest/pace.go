package ingest

import (
	"hash/maphash"
	"math/bits"
	"sync/atomic"
	"time"

	"tidemark/schemas"
)

// paceSlots is how many visitors one pace follows at a time; at 60,000 events/s each slot sees one event a second.
const paceSlots = 1 << 16

// pace finds visitors who are faster than people: with more than most events in one minute of event time. What they send
// in the hour after is a robot's too. It is an estimate that errs to one side: visitors who share a slot wear each other's
// count down, so a robot may be seen later than it could be, and nobody is taken for one because of others. Safe for many
// goroutines.
type pace struct {
	most    uint32
	seed    maphash.Seed
	minutes []atomic.Uint64 // the upper half tells visitor and minute, the lower half counts
	caught  []atomic.Uint64 // the upper half tells the visitor, the lower half the hour
}

// step is one event of a visitor, as a pace counts it.
type step struct {
	visitor, minute uint64 // hashes; minute of both
	hour            uint32
}

// newPace returns nil, which limits nothing, where most is 0 or less.
func newPace(most int) *pace {
	if most <= 0 {
		return nil
	}
	return &pace{
		most: uint32(min(most, 1<<30)), seed: maphash.MakeSeed(),
		minutes: make([]atomic.Uint64, paceSlots), caught: make([]atomic.Uint64, paceSlots),
	}
}

func (p *pace) step(shop, visitor string, at schemas.Millis) step {
	h := maphash.Comparable(p.seed, [2]string{shop, visitor})
	minute := uint64(int64(at) / time.Minute.Milliseconds())
	return step{visitor: h, minute: bits.RotateLeft64((h^minute)*0x9E3779B97F4A7C15, 32), hour: uint32(minute / 60)}
}

// over says whether a step is a robot's, where those before it are of the same request and not counted yet.
func (p *pace) over(s step, before []step) bool {
	if at := p.caught[s.visitor%paceSlots].Load(); uint32(at>>32) == uint32(s.visitor>>32) && s.hour-uint32(at) <= 1 {
		return true
	}
	var n uint32
	if at := p.minutes[s.minute%paceSlots].Load(); uint32(at>>32) == uint32(s.minute>>32) {
		n = uint32(at)
	}
	if n+uint32(len(before)) >= p.most { // else there is no need to look who they are of
		for i := range before {
			if before[i].minute == s.minute {
				n++
			}
		}
	}
	return n >= p.most
}

// count counts steps. It is called once they are stored: a client that tries again is not faster for that.
func (p *pace) count(all []step) {
	for i := range all {
		s := &all[i]
		slot, mine := &p.minutes[s.minute%paceSlots], uint32(s.minute>>32)
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
			if !slot.CompareAndSwap(old, uint64(who)<<32|uint64(n)) {
				continue
			}
			if who == mine && n > p.most {
				p.caught[s.visitor%paceSlots].Store(s.visitor>>32<<32 | uint64(s.hour))
			}
			break
		}
	}
}

// markFast marks an event of a visitor who is too fast for a person. What is read from files and letters comes in at any
// pace, and must come out the same each time.
func (in *intake) markFast(c *schemas.Click) {
	p := in.c.pace
	if p == nil || c.Server || in.imported || in.letter != "" {
		return
	}
	s := p.step(c.Shop, c.AnonymousID, c.OccurredAt)
	c.Bot = p.over(s, in.steps) || c.Bot
	if _, copied := in.seen[identity{clickTopic, c.EventID}]; !copied {
		in.steps = append(in.steps, s)
	}
}
