package truth

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

var (
	noon   = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	bounds = Bounds{OnTime: 50 * time.Second, Late: 3 * time.Minute}
)

func open(t *testing.T, path string) *Truth {
	t.Helper()
	tr, err := Open(path, noon, bounds)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.Close() })
	return tr
}

func views(at time.Time, n int64) []Fact {
	return []Fact{{At: at, Shop: "tea", Adds: []Add{{Views, n}}}}
}

func send(t *testing.T, tr *Truth, at, sent, acked time.Time, n int64) {
	t.Helper()
	r, err := tr.Sending(sent, views(at, n))
	if err == nil && !acked.IsZero() {
		err = r.Done(acked)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestCertainty(t *testing.T) {
	tr := open(t, filepath.Join(t.TempDir(), "truth.jsonl"))
	sec := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Second) }
	send(t, tr, noon, sec(1), sec(2), 1)       // sure
	send(t, tr, noon, sec(1), sec(70), 10)     // the answer came too late to be sure
	send(t, tr, noon, sec(60), sec(61), 100)   // sent between the bounds
	send(t, tr, noon, sec(200), sec(201), 1e3) // late
	send(t, tr, noon, sec(1), time.Time{}, 1e4)
	got := tr.Sum("tea", Views, noon, noon.Add(time.Minute))
	if want := (Count{Sure: 1, Maybe: 10110, Late: 1000, LateAt: sec(201).UnixMilli()}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestRestartKeepsWhatIsKnown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "truth.jsonl")
	tr := open(t, path)
	send(t, tr, noon, noon, noon.Add(time.Second), 7)
	send(t, tr, noon, noon, time.Time{}, 2)              // killed before the answer
	send(t, tr, noon.Add(-80*time.Hour), noon, noon, 50) // forgotten
	for run := 2; run < 5; run++ {
		tr.Close()
		tr = open(t, path)
		if tr.Run() != run {
			t.Fatalf("run %d, want %d", tr.Run(), run)
		}
		got := tr.Sum("tea", Views, noon.Add(-100*time.Hour), noon.Add(time.Hour))
		if want := (Count{Sure: 7, Maybe: 2}); got != want {
			t.Fatalf("run %d: got %+v, want %+v", run, got, want)
		}
	}
}

func TestTornLastLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "truth.jsonl")
	tr := open(t, path)
	send(t, tr, noon, noon, noon, 3)
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(`{"k":"sent","id":2,"c":[{"t"`)
	f.Close()
	if got := open(t, path).Sum("tea", Views, noon, noon.Add(time.Hour)); got.Sure != 3 {
		t.Errorf("sure %d, want 3", got.Sure)
	}
	if err := os.WriteFile(path, []byte("{\"k\":\nmore\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, noon, bounds); err == nil {
		t.Error("a journal that is broken in the middle was read")
	}
}

func TestCompactingKeepsTheSum(t *testing.T) {
	path := filepath.Join(t.TempDir(), "truth.jsonl")
	tr := open(t, path)
	open1, err := tr.Sending(noon, views(noon, 4))
	if err != nil {
		t.Fatal(err)
	}
	if err := tr.compact(noon); err != nil { // while a request is on its way
		t.Fatal(err)
	}
	if err := open1.Done(noon); err != nil {
		t.Fatal(err)
	}
	refused, err := tr.Sending(noon, views(noon, 9))
	if err != nil {
		t.Fatal(err)
	}
	if err := refused.Refused(noon); err != nil {
		t.Fatal(err)
	}
	want := Count{Sure: 4}
	if got := tr.Sum("tea", Views, noon, noon.Add(time.Minute)); got != want {
		t.Errorf("in memory %+v, want %+v", got, want)
	}
	if got := open(t, path).Sum("tea", Views, noon, noon.Add(time.Minute)); got != want {
		t.Errorf("on disk %+v, want %+v", got, want)
	}
}

func TestCompare(t *testing.T) {
	tr := open(t, filepath.Join(t.TempDir(), "truth.jsonl"))
	minute := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }
	for n := range 4 {
		send(t, tr, minute(n), minute(n), minute(n), 5)
	}
	send(t, tr, minute(1), minute(1), time.Time{}, 2)
	got := map[Key]int64{At(noon, "tea", Views): 5, At(minute(1), "tea", Views): 6, At(minute(2), "tea", Views): 5}
	r := tr.Compare(Views, got, Span{From: noon, To: minute(3)})
	if r.Cells != 3 || r.Exact != 2 || len(r.Diffs) != 0 {
		t.Errorf("a right table gives %+v", r)
	}
	got[At(minute(2), "tea", Views)] = 4 // one lost
	got[At(minute(1), "tea", Views)] = 8 // one more than possible
	got[At(noon, "other", Views)] = 1    // from nowhere
	got[At(minute(3), "tea", Views)] = 0 // not complete yet
	r = tr.Compare(Views, got, Span{From: noon, To: minute(3)})
	if len(r.Diffs) != 3 || r.Diffs[0].Key.Shop != "other" || r.Diffs[1].String() != "tea views at 12:01 UTC is 8, should be 5 to 7" {
		t.Errorf("a wrong table gives %+v: %s", r, r)
	}
	if r = tr.Compare(Views, nil, Span{From: noon, To: minute(1)}); len(r.Diffs) != 1 {
		t.Errorf("a missing row gives %s", r)
	}
	if r = tr.Compare(Views, nil, Span{From: noon, To: minute(1), Except: map[int64]bool{noon.UnixMilli(): true}}); r.Cells != 0 {
		t.Errorf("an excepted minute gives %s", r)
	}
	send(t, tr, noon, minute(9), minute(9), 3)
	got = map[Key]int64{At(noon, "tea", Views): 8}
	if r = tr.Compare(Views, got, Span{From: noon, To: minute(1)}); len(r.Diffs) != 1 {
		t.Errorf("counted late events give %s", r)
	}
	if r = tr.Compare(Views, got, Span{From: noon, To: minute(1), WithLate: true}); r.Exact != 1 {
		t.Errorf("kept late events give %s", r)
	}
}

// Late events must be in the figures of a corrected minute, whole, and in no other.
func TestCompareCorrected(t *testing.T) {
	tr := open(t, filepath.Join(t.TempDir(), "truth.jsonl"))
	send(t, tr, noon, noon, noon, 5)
	acked := noon.Add(9 * time.Minute)
	send(t, tr, noon, acked, acked, 3)
	after, before := acked.UnixMilli()+1, acked.UnixMilli()
	for name, tt := range map[string]struct {
		done Correction
		ok   []int64
	}{
		"uncorrected":                 {Correction{}, []int64{5}},
		"corrected":                   {Correction{Until: after}, []int64{8}},
		"corrected, the answer later": {Correction{Until: before}, []int64{5, 6, 7, 8}},
		"being corrected":             {Correction{Until: after, Partly: true}, []int64{5, 6, 7, 8}},
	} {
		for got := int64(4); got < 10; got++ {
			r := tr.Compare(Views, map[Key]int64{At(noon, "tea", Views): got}, Span{
				From: noon, To: noon.Add(time.Minute), Corrected: map[int64]Correction{noon.UnixMilli(): tt.done},
			})
			if (len(r.Diffs) == 0) != slices.Contains(tt.ok, got) {
				t.Errorf("%s: %d gives %s", name, got, r)
			}
		}
	}
}
