package processors

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tidemark/processors/window"
	"tidemark/schemas"
)

// decodeCore reads "id at visitor". The visitor "panic" makes it panic.
func decodeCore(b []byte, e *coreEvent) error {
	f := strings.Fields(string(b))
	if len(f) != 3 {
		return errors.New("not three words")
	}
	at, err := strconv.ParseInt(f[1], 10, 64)
	if f[2] == "panic" {
		panic("visitor panic")
	}
	*e = coreEvent{ID: f[0], At: schemas.Millis(at * 1000), Visitor: f[2]}
	return err
}

// core is a log under way to one task, whose records are appended a second after they happen.
type core struct {
	t    *testing.T
	task Task
	next int64
}

func newCore(t *testing.T, a Assignment, defs ...Definition) *core {
	t.Helper()
	a.Topic = coreTopic
	task, err := newMetricTask(defs, a)
	if err != nil {
		t.Fatal(err)
	}
	c := &core{t: t, task: task, next: a.LogStart}
	if a.Position != nil {
		c.next = a.Position.C
	}
	return c
}

// send applies "visitor at visitor at ...", at in seconds; the visitor "-" is a heartbeat.
func (c *core) send(events string) {
	f := strings.Fields(events)
	for i := 0; i < len(f); i += 2 {
		at, err := strconv.ParseInt(f[i+1], 10, 64)
		if err != nil {
			c.t.Fatal(err)
		}
		c.apply(fmt.Sprintf("e%d %d %s", c.next, at, f[i]), at+1, f[i] == "-")
	}
}

func (c *core) apply(value string, appended int64, heartbeat bool) {
	c.task.Apply([]Record{{Offset: c.next, Time: schemas.Millis(appended * 1000), Value: []byte(value), Heartbeat: heartbeat}})
	c.next++
}

// rows lists a flush's rows of a metric as "start:count", start in seconds.
func rowsOf(f Flush, metric string) (rows []string) {
	for _, b := range f.Blocks {
		if b.Table.Name != "m_"+metric {
			continue
		}
		starts, n := columnOf[schemas.Millis](b, "window_start"), columnOf[int64](b, "n")
		for i := range starts {
			rows = append(rows, fmt.Sprintf("%d:%d", starts[i]/1000, n[i]))
		}
	}
	return rows
}

// dirtyOf lists a flush's dirty windows of a metric as "start reason", in rising order.
func dirtyOf(f Flush, metric string) (marks []string) {
	for _, b := range f.Blocks {
		if b.Table.Name != "dirty" {
			continue
		}
		starts, reasons := columnOf[schemas.Millis](b, "window_start"), columnOf[string](b, "reason")
		for i, m := range columnOf[string](b, "metric") {
			if m == metric {
				marks = append(marks, fmt.Sprintf("%d %s", starts[i]/1000, reasons[i]))
			}
		}
	}
	slices.Sort(marks)
	return marks
}

func columnOf[T any](b schemas.Block, name string) []T {
	return b.Data[slices.Index(b.Names, name)].([]T)
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func TestTaskCountsWindows(t *testing.T) {
	c := newCore(t, Assignment{}, DefineOn(coreSource(), coreMetric()))
	c.send("a 101 b 102 a 121")
	f := c.task.Flush(false)
	equal(t, "rows", rowsOf(f, "n"), []string{"100:2", "120:1"})
	if p := f.Position; p.C != 0 || p.L != 2 || p.P != 3 || p.MAtL != 102_000 || p.MAtP != 121_000 {
		t.Errorf("position %+v", p)
	}
	c.send("a 103")
	f = c.task.Flush(false)
	equal(t, "rows after a late event", rowsOf(f, "n"), nil)
	equal(t, "marks after a late event", dirtyOf(f, "n"), []string{"100 late"})
	if f.Stats.Late != 1 || f.Stats.Records != 1 {
		t.Errorf("stats %+v", f.Stats)
	}
}

// A new owner is silent until the position it was given, and goes on as the old one would have.
func TestTaskReplaysSilently(t *testing.T) {
	d := DefineOn(coreSource(), coreMetric())
	c := newCore(t, Assignment{}, d)
	c.send("a 101 b 112 a 113")
	p := c.task.Flush(false).Position
	c = newCore(t, Assignment{Position: &p}, d)
	for c.next < p.P {
		if f := c.task.Flush(false); !f.Replaying || len(f.Blocks) > 0 || f.Position.P != p.P {
			t.Fatalf("before %d: %+v", c.next, f)
		}
		c.send([]string{"a 101", "b 112", "a 113"}[c.next])
	}
	c.send("c 114")
	f := c.task.Flush(false)
	equal(t, "rows", rowsOf(f, "n"), []string{"110:3"})
	if f.Stats.Records != 1 {
		t.Errorf("stats %+v", f.Stats)
	}
}

// Nothing is committed before the first record of a log whose beginning is gone: the commit would not know of the cut.
func TestTaskOfATruncatedLogWaitsForARecord(t *testing.T) {
	c := newCore(t, Assignment{LogStart: 7}, DefineOn(coreSource(), coreMetric()))
	if f := c.task.Flush(false); !f.Replaying || len(f.Blocks) > 0 {
		t.Fatalf("flush before the first record: %+v", f)
	}
	c.send("a 104 a 105 a 111")
	f := c.task.Flush(false)
	equal(t, "rows", rowsOf(f, "n"), []string{"110:1"})
	equal(t, "marks", dirtyOf(f, "n"), []string{"100 cut"})
	if f.Position.Metrics[0].From != 105_000 {
		t.Errorf("counts from %v", f.Position.Metrics[0].From)
	}
}

// The store knows M = 75 s, the log begins with a record appended at 105 s: all windows between may miss records.
func TestTaskMarksTheGapThatWasLost(t *testing.T) {
	c := newCore(t, Assignment{LogStart: 7, Known: 75_000}, DefineOn(coreSource(), coreMetric()))
	if f := c.task.Flush(false); f.M != 75_000 {
		t.Errorf("M falls back to %v", f.M)
	}
	c.send("a 104 a 111")
	f := c.task.Flush(false)
	equal(t, "marks", dirtyOf(f, "n"), []string{"100 cut", "70 cut", "80 cut", "90 cut"})
	equal(t, "rows", rowsOf(f, "n"), []string{"110:1"})
}

// A session that began before may close as late as M + span + gap.
func TestTaskMarksWindowsOfNewSessions(t *testing.T) {
	c := newCore(t, Assignment{LogStart: 7}, DefineSessionsOn(coreSource(), coreSessions(), coreSessionMetric("n")))
	c.send("a 99")
	equal(t, "marks", dirtyOf(c.task.Flush(false), "n"), []string{"100 cut", "110 cut", "120 cut", "130 cut", "140 cut", "90 cut"})
}

// A session that a cap has cut closes a gap after its last event, so it stands in a window that begins after M: a new
// metric on sessions that there were must leave that window out too.
func TestTaskCutsNewSessionMetricBehindTheGap(t *testing.T) {
	s := coreSessions()
	old := DefineSessionsOn(coreSource(), s, coreSessionMetric("old"))
	c := newCore(t, Assignment{}, old)
	c.send("a 101 a 102 a 103 a 104 - 105")
	p := c.task.Flush(false).Position
	c = newCore(t, Assignment{Position: &p}, old, DefineSessionsOn(coreSource(), s, coreSessionMetric("new")))
	c.send("a 101 a 102 a 103 a 104 - 105 - 106")
	equal(t, "marks", dirtyOf(c.task.Flush(false), "new"), []string{"100 cut", "110 cut"})
}

func TestTaskBuriesWhatItCannotRead(t *testing.T) {
	c := newCore(t, Assignment{}, DefineOn(coreSource(), coreMetric()))
	c.send("a 101")
	c.apply("rubbish", 102, false)
	c.apply("x 102 panic", 103, false)
	c.send("a 103")
	f := c.task.Flush(false)
	if len(f.Dead) != 2 || f.Dead[0].Offset != 1 || f.Dead[1].Offset != 2 || string(f.Dead[0].Value) != "rubbish" || f.Stats.Quarantined != 2 {
		t.Errorf("dead letters %+v, stats %+v", f.Dead, f.Stats)
	}
	equal(t, "rows", rowsOf(f, "n"), []string{"100:2"})
	if f = c.task.Flush(false); len(f.Dead) > 0 || f.Position.P != 4 {
		t.Errorf("the next flush: %+v", f)
	}
}

// Dead letters and sets of ids are memory too, and a flush or the close of the window gives it back.
func TestTaskCountsMemory(t *testing.T) {
	m := coreMetric()
	m.KeepDuplicates = true
	m.Measures = append(m.Measures, Uniq("visitors", nil, func(e *coreEvent) string { return e.Visitor }))
	c := newCore(t, Assignment{}, DefineOn(coreSource(), m))
	c.send("a 101")
	before := c.task.Bytes()
	for i := range 10_000 {
		c.send(fmt.Sprintf("v%d 101", i))
	}
	if got := c.task.Bytes() - before; got < 80_000 {
		t.Errorf("10,000 ids take %d bytes", got)
	}
	c.send("- 300")
	c.task.Flush(false)
	c.send("- 301")
	low := c.task.Bytes()
	if low > before {
		t.Errorf("%d bytes after the close, %d before the ids", low, before)
	}
	c.apply(strings.Repeat("x", 50_000), 302, false)
	if got := c.task.Bytes() - low; got < 50_000 {
		t.Errorf("a dead letter of 50,000 bytes takes %d", got)
	}
	c.task.Flush(false)
	if got := c.task.Bytes(); got > low+1000 {
		t.Errorf("%d bytes after the dead letter was handed over, %d before it", got, low)
	}
}

// A session on which a metric panics is lost; those around it count once.
func TestTaskPanickingSession(t *testing.T) {
	m := coreSessionMetric("n")
	m.Where = func(s *window.Session[int]) bool {
		if s.Events == 2 {
			panic("two events")
		}
		return true
	}
	c := newCore(t, Assignment{}, DefineSessionsOn(coreSource(), coreSessions(), m))
	c.send("a 100 b 100 b 100 c 101 - 300 - 302")
	equal(t, "rows", rowsOf(c.task.Flush(false), "n"), []string{"100:1", "110:1"})
}

// A bounded run closes everything, and a partition without records ends too.
func TestTaskClose(t *testing.T) {
	c := newCore(t, Assignment{LogStart: 3}, DefineOn(coreSource(), coreMetric()))
	c.task.Close()
	if f := c.task.Flush(false); f.Replaying || f.M != Infinity {
		t.Errorf("flush %+v", f)
	}
}

// More chains than a commit can carry are left out and counted, not refused.
func TestTaskBoundsChains(t *testing.T) {
	c := newCore(t, Assignment{}, DefineSessionsOn(coreSource(), coreSessions(), coreSessionMetric("n")))
	for at := int64(100); at < 160; at += 2 {
		if at == 122 || at == 132 || at == 142 {
			c.send(fmt.Sprintf("slow %d", at)) // its session stands in an open window and keeps L far back
		}
		for v := range 3 * maxChains {
			c.send(fmt.Sprintf("v%d %d", v, at))
		}
	}
	f := c.task.Flush(false)
	p := f.Position
	if len(p.Chains) != maxChains || f.ChainsLeft != 2*maxChains {
		t.Errorf("%d chains, %d left out", len(p.Chains), f.ChainsLeft)
	}
	if _, err := EncodePosition(p); err != nil {
		t.Error(err)
	}
}
