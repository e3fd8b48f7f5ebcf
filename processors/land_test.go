package processors_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	. "tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks/memory"
)

const landPart = 7

// clickRecord is a page view with the event id given.
func clickRecord(offset int64, at schemas.Millis, id string) Record {
	value := fmt.Sprintf(`{"event_id":%q,"type":"page_view","occurred_at":%d,"received_at":%d,"shop":"s1","source":"ndjson","anonymous_id":"v1"}`, id, at-5, at-1)
	return Record{Offset: offset, Time: at, Value: []byte(value)}
}

// landStore keeps the raw clickstream as ClickHouse does: unique by part and offset.
func landStore(t *testing.T) *memory.Sink {
	t.Helper()
	raw := schemas.RawTable(schemas.Clickstream)
	raw.OrderBy = []string{schemas.ColumnPart, schemas.ColumnOffset}
	s, err := memory.New(append(SystemTables(), &raw))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// landed is "id" or "id again" by offset.
func landed(s *memory.Sink) map[uint64]string {
	got := map[uint64]string{}
	s.Each(schemas.Clickstream.RawTable(), func(b *schemas.Block, row int) {
		at := func(name string) any { return b.Data[slices.Index(b.Names, name)] }
		id := at("event_id").([]string)[row]
		if at(schemas.ColumnDuplicate).([]bool)[row] {
			id += " again"
		}
		got[at(schemas.ColumnOffset).([]uint64)[row]] = id
	})
	return got
}

func landTask(t *testing.T, a Assignment) Task {
	t.Helper()
	a.Topic, a.Part = schemas.Clickstream.Topic(), landPart
	task, err := LandWork("tidemark-land").NewTask(a)
	if err != nil {
		t.Fatal(err)
	}
	return task
}

func put(t *testing.T, s *memory.Sink, f Flush) Flush {
	t.Helper()
	if err := s.Insert(context.Background(), f.Blocks); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestLandWorkReadsAllTopics(t *testing.T) {
	w := LandWork("tidemark-land")
	for _, f := range schemas.FamilyNames() {
		for _, topic := range []string{"tidemark." + f, "tidemark." + f + ".history"} {
			if _, err := w.NewTask(Assignment{Topic: topic}); err != nil {
				t.Error(err)
			}
		}
	}
	if len(w.Topics) != 12 {
		t.Errorf("topics: %v", w.Topics)
	}
	if _, err := w.NewTask(Assignment{Topic: "tidemark.other"}); err == nil {
		t.Error("a task for a topic of no family")
	}
}

func TestLandMarksDuplicates(t *testing.T) {
	const minute = 60_000
	horizon := schemas.Millis(ClickstreamHorizon.Milliseconds())
	start := schemas.Millis(1_800_000_000_000)
	s, task := landStore(t), landTask(t, Assignment{})
	task.Apply([]Record{
		clickRecord(0, start, "a"),
		clickRecord(1, start+minute, "a"),             // a copy, which refreshes the sighting
		clickRecord(2, start+minute+horizon, "a"),     // at the edge of the horizon
		clickRecord(3, start+minute+2*horizon+1, "a"), // beyond it
		clickRecord(4, start+minute+2*horizon+2, "b"), //
		{Offset: 5, Time: start + minute + 2*horizon + 3, Heartbeat: true},
		{Offset: 6, Time: start + minute + 2*horizon + 4, Value: []byte(`{"event_id":1`)},
		{Offset: 7, Time: start + minute + 2*horizon + 5, Value: []byte(`{"event_id":"c","type":"unheard of"}`)},
	})
	f := put(t, s, task.Flush(false))
	want := map[uint64]string{0: "a", 1: "a again", 2: "a again", 3: "a", 4: "b"}
	if got := landed(s); !maps.Equal(got, want) {
		t.Errorf("landed %v, want %v", got, want)
	}
	if f.M != start+minute+2*horizon+3 {
		t.Errorf("M is %d, want the heartbeat's time", f.M)
	}
	if len(f.Dead) != 2 || f.Dead[0].Offset != 6 || f.Dead[1].Offset != 7 || f.Dead[1].Reason != schemas.UnknownType {
		t.Errorf("dead letters: %+v", f.Dead)
	}
	if want := (Stats{Records: 7, Heartbeats: 1, Duplicates: 2, Quarantined: 2}); f.Stats != want {
		t.Errorf("stats %+v, want %+v", f.Stats, want)
	}
	if f := task.Flush(false); len(f.Blocks) != 0 || len(f.Dead) != 0 {
		t.Errorf("a flush without news: %+v", f)
	}
}

// landLog is a log with many copies, some within the horizon and some beyond it.
func landLog(r *rand.Rand, n int) (recs []Record) {
	at := schemas.Millis(1_800_000_000_000)
	for off := range int64(n) {
		at += schemas.Millis(r.IntN(4000))
		switch r.IntN(20) {
		case 0:
			recs = append(recs, Record{Offset: off, Time: at, Heartbeat: true})
		case 1:
			recs = append(recs, Record{Offset: off, Time: at, Value: []byte("{")})
		default:
			recs = append(recs, clickRecord(off, at, fmt.Sprint("e", r.IntN(n/2))))
		}
	}
	return recs
}

// crash works the log with crashes at random places: some before the store, some between store and commit. A task that has
// read the whole log is told so by end, where there is one. twist makes a negative control of an assignment.
func crash(r *rand.Rand, recs []Record, begin func(Assignment) Task, store func(Flush), end func(Task), twist func(a *Assignment, from *int64)) {
	var committed *Position
	for {
		a, from := Assignment{Position: committed}, int64(0)
		if committed != nil {
			from = committed.C
		}
		if twist != nil && committed != nil {
			p := *committed
			a.Position = &p
			twist(&a, &from)
		}
		task := begin(a)
		for next := int(from); next < len(recs); {
			last := min(len(recs), next+1+r.IntN(200))
			task.Apply(recs[next:last])
			next = last
			fate := r.IntN(6)
			if fate == 0 && next < len(recs) {
				break // dies before the flush
			}
			if next == len(recs) && end != nil {
				end(task)
			}
			f := task.Flush(false)
			store(f)
			if next == len(recs) {
				return
			}
			if fate == 1 {
				break // dies before the commit
			}
			if !f.Replaying {
				committed = &f.Position
			}
		}
	}
}

func crashLand(t *testing.T, r *rand.Rand, recs []Record, s *memory.Sink, twist func(a *Assignment, from *int64)) {
	crash(r, recs, func(a Assignment) Task { return landTask(t, a) }, func(f Flush) { put(t, s, f) }, nil, twist)
}

func TestLandSurvivesCrashes(t *testing.T) {
	found, miscounted := 0, 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		recs := landLog(r, 600)
		want, got, broken := landStore(t), landStore(t), landStore(t)
		once := landTask(t, Assignment{})
		once.Apply(recs)
		put(t, want, once.Flush(false))
		crashLand(t, r, recs, got, nil)
		if a, b := landed(got), landed(want); !maps.Equal(a, b) {
			t.Fatalf("seed %d: landed %d rows that differ from the %d of a run without crashes", seed, len(a), len(b))
		}
		if c := got.Conflicts(); len(c) > 0 {
			t.Fatalf("seed %d: a record landed again gave another row: %+v", seed, c[0])
		}
		if a, b := accountsIn(got), accountsIn(want); !maps.Equal(a, b) {
			t.Fatalf("seed %d: accounts %v, those of a run without crashes %v", seed, a, b)
		}
		crashLand(t, r, recs, broken, func(a *Assignment, from *int64) {
			*from = a.Position.P
			*a = Assignment{LogStart: a.Position.P}
		})
		if !maps.Equal(landed(broken), landed(want)) {
			found++
		}
		late := landStore(t)
		crashLand(t, r, recs, late, func(a *Assignment, _ *int64) { a.Position.L = a.Position.P })
		if !maps.Equal(accountsIn(late), accountsIn(want)) {
			miscounted++
		}
	}
	if miscounted == 0 {
		t.Error("tasks that do not count the open minute again gave the right accounts: the test proves nothing")
	}
	if found == 0 {
		t.Error("tasks that forget the ids of the horizon gave the right table: the test proves nothing")
	}
}

// The committed offset reaches back over the horizon, and not much further.
func TestLandPositionKeepsTheHorizon(t *testing.T) {
	task := landTask(t, Assignment{})
	start := schemas.Millis(1_800_000_000_000)
	var recs []Record
	for i := range int64(3600) {
		recs = append(recs, clickRecord(i, start+schemas.Millis(i)*1000, fmt.Sprint(i)))
	}
	task.Apply(recs)
	p := task.Flush(false).Position
	if p.P != 3600 || p.L != 3540 || p.C > 3540-601 || p.C < 3540-603 { // 3540 opened the minute
		t.Errorf("position %+v after an hour of one record a second", p)
	}
}

// The whole way, with kills: client, group, task, store.
func TestLandGroupSurvivesCrashes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, store := newKafka(t, 2), landStore(t)
		land := func(c *Config) {
			work := LandWork(testGroup)
			c.Work.NewTask = func(a Assignment) (Task, error) {
				a.Topic = schemas.Clickstream.Topic()
				return work.NewTask(a)
			}
		}
		loaded := make(chan struct{})
		go func() {
			defer close(loaded)
			for i := range 200 {
				at := schemas.Millis(time.Now().UnixMilli())
				for p := range int32(2) {
					k.produce(p, string(clickRecord(0, at, fmt.Sprint("e", i)).Value), string(clickRecord(0, at, fmt.Sprint("e", i-i%7)).Value))
				}
				time.Sleep(500 * time.Millisecond)
			}
		}()
		for i := range 4 {
			m := k.member(store, land).start()
			time.Sleep(time.Duration(13+i*5) * time.Second)
			m.kill()
		}
		<-loaded
		m := k.member(store, land).start()
		until(t, "all committed", k.caughtUp(2))
		m.stop()
		rows := store.Rows(schemas.Clickstream.RawTable())
		if len(rows) != 2*400 {
			t.Errorf("%d rows, want 800", len(rows))
		}
		for _, c := range store.Conflicts() {
			if c.Table == schemas.Clickstream.RawTable() {
				t.Errorf("a record landed again gave another row: %+v", c)
			}
		}
		marked := 0
		for _, r := range rows {
			if r[schemas.ColumnDuplicate].(bool) {
				marked++
			}
		}
		if marked != 2*200 {
			t.Errorf("%d copies marked, want 400", marked)
		}
	})
}

// accountsIn is the newest accounts of land by minute, and checks their sums.
func accountsIn(s *memory.Sink) map[string]string {
	got := map[string]string{}
	for _, r := range s.Rows("accounts") {
		n := func(name string) int64 { return r[name].(int64) }
		if n("produced") != n("counted")+n("duplicate")+n("quarantined") {
			panic(fmt.Sprintf("the account %v does not add up", r))
		}
		got[fmt.Sprint(r["minute"])] = fmt.Sprint(r["ver"], r["produced"], r["counted"], r["duplicate"], r["quarantined"])
	}
	return got
}
