package processors

import (
	"fmt"
	"strings"
	"testing"

	"tidemark/schemas"
)

// accountsOf lists a flush's accounts of a metric as "minute produced=counted+late+duplicate+quarantined+skipped+cut @offset",
// minutes counted from 1970.
func accountsOf(f Flush, metric string) (rows []string) {
	for _, b := range f.Blocks {
		if b.Table.Name != "accounts" {
			continue
		}
		n := func(name string, i int) int64 { return columnOf[int64](b, name)[i] }
		for i, m := range columnOf[string](b, "metric") {
			if m != metric {
				continue
			}
			rows = append(rows, fmt.Sprintf("%d %d=%d+%d+%d+%d+%d+%d @%d", columnOf[schemas.Millis](b, "minute")[i]/60_000, n("produced", i), n("counted", i), n("late", i),
				n("duplicate", i), n("quarantined", i), n("skipped", i), n("cut", i), columnOf[uint64](b, "ver")[i]))
		}
	}
	return rows
}

func TestEveryEventHasOneFate(t *testing.T) {
	m := coreMetric()
	m.Where = func(e *coreEvent) bool { return e.Visitor != "other" }
	c := newCore(t, Assignment{Group: "g"}, DefineOn(coreSource(), m))
	c.send("a 121 - 122 other 123 a 140 a 121")
	c.apply("e0 121 a", 141, false) // a copy
	c.apply("rubbish", 142, false)
	c.apply("x 142 panic", 143, false)
	f := c.task.Flush(false)
	equal(t, "open minute", accountsOf(f, "n"), []string{"2 7=2+1+1+2+1+0 @7"})
	equal(t, "nothing new", accountsOf(c.task.Flush(false), "n"), nil)
	equal(t, "headline", accountsOf(c.task.Flush(true), "n"), nil)
	c.send("a 171 - 179 a 200")
	equal(t, "closed and open minute", accountsOf(c.task.Flush(false), "n"), []string{"2 8=3+1+1+2+1+0 @8", "3 1=1+0+0+0+0+0 @10"})
}

// A panic while one metric counts leaves the record to the dead letters; the metrics before it have counted it.
func TestAPanicIsTheFateOfWhatFollows(t *testing.T) {
	first, second := coreMetric(), coreMetric()
	first.Name, second.Name = "first", "second"
	second.Where = func(e *coreEvent) bool {
		if e.Visitor == "bad" {
			panic("condition")
		}
		return true
	}
	c := newCore(t, Assignment{}, DefineOn(coreSource(), first), DefineOn(coreSource(), second))
	c.send("a 121 bad 122 a 123")
	f := c.task.Flush(false)
	equal(t, "before the panic", accountsOf(f, "first"), []string{"2 3=3+0+0+0+0+0 @2"})
	equal(t, "after it", accountsOf(f, "second"), []string{"2 3=2+0+0+1+0+0 @2"})
}

// A replay begins at the first record of the open minute, heartbeats included, and comes to the same accounts.
func TestTheOpenMinuteIsCountedAgain(t *testing.T) {
	d := DefineOn(coreSource(), coreMetric())
	c := newCore(t, Assignment{}, d)
	c.send("a 61 - 118 - 119 a 130 - 170")
	p := c.task.Flush(false).Position
	if p.L != 2 || p.P != 5 {
		t.Fatalf("position %+v, want L at 2, which opened the minute", p)
	}
	c = newCore(t, Assignment{Position: &p}, d)
	c.next = 3 // the dedupe set is of no interest here
	c.task.Apply([]Record{{Offset: 2, Time: 120_000, Heartbeat: true}})
	c.send("a 130 - 170 a 171")
	equal(t, "after the replay", accountsOf(c.task.Flush(false), "n"), []string{"2 2=2+0+0+0+0+0 @5"})
}

// What was in the minute before a log whose beginning is missing is not known, whoever reads on.
func TestAMinuteWithoutItsBeginningIsNotStored(t *testing.T) {
	d := DefineOn(coreSource(), coreMetric())
	c := newCore(t, Assignment{LogStart: 10}, d)
	c.send("a 121 a 122")
	f := c.task.Flush(false)
	equal(t, "partial minute", accountsOf(f, "n"), nil)
	c = newCore(t, Assignment{Position: &f.Position}, d)
	for c.next < f.Position.P {
		c.send("a 121")
	}
	c.send("a 123 a 200 a 201")
	equal(t, "the next owner's", accountsOf(c.task.Flush(false), "n"), []string{"3 2=2+0+0+0+0+0 @14"})
}

func TestLedgerAllocatesNothingPerEvent(t *testing.T) {
	l := newLedger(3)
	r := Record{Time: 120_000}
	if n := testing.AllocsPerRun(1000, func() {
		r.Offset++
		l.see(&r, 0, false)
		l.note(counted)
		l.bury()
	}); n != 0 {
		t.Errorf("%v allocations for an event", n)
	}
}

func TestFatesOfWindows(t *testing.T) {
	for text, want := range map[string]fate{
		"": skipped, "late": late, "cut": cut, "late cut": late, "cut late": late, "counted late": counted, "counted cut": counted,
	} {
		f := skipped
		for _, w := range strings.Fields(text) {
			f = f.or(map[string]fate{"late": late, "cut": cut, "counted": counted}[w])
		}
		if f != want {
			t.Errorf("%q: %d, want %d", text, f, want)
		}
	}
}
