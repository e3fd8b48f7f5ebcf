package incident

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tidemark/alerts"
	"tidemark/schemas"
)

// actor of random actions.
func drawAction(t *rapid.T) Action {
	return Action{
		Actor: rapid.SampledFrom([]string{"Li Lei", "Han Meimei"}).Draw(t, "actor"), Note: rapid.SampledFrom([]string{"", "a note"}).Draw(t, "note"),
		Verdict: rapid.SampledFrom([]Verdict{Real, FalseAlarm, Expected}).Draw(t, "verdict"),
	}
}

func drawTier(t *rapid.T) alerts.Tier {
	return rapid.SampledFrom([]alerts.Tier{alerts.Green, alerts.Green, alerts.Yellow, alerts.Orange}).Draw(t, "tier")
}

// run lets anything happen to two series for a while, and returns all events in the order in which they were made.
func run(t *rapid.T, b *Book) []Event {
	var made []Event
	for i := range rapid.IntRange(1, 40).Draw(t, "steps") {
		now := at(i) + schemas.Millis(rapid.IntRange(0, 200_000).Draw(t, "late"))
		vs := b.Views(false, 0)
		switch what := rapid.IntRange(0, 5).Draw(t, "what"); {
		case what <= 2 || len(vs) == 0:
			r := reading(i, drawTier(t))
			r.Key = rapid.SampledFrom([]alerts.Key{"a", "b"}).Draw(t, "shop")
			made = append(made, b.Judge([]alerts.Reading{r}, now)...)
		case what <= 4:
			kind := rapid.SampledFrom([]Kind{Acknowledged, Handling, Noted, Resolved, Reviewed}).Draw(t, "kind")
			events, _ := b.Do(rapid.SampledFrom(vs).Draw(t, "incident").ID, kind, drawAction(t), now)
			made = append(made, events...)
		default:
			owed := b.Owed("chat", now)
			made = append(made, b.Take("chat", owed[:rapid.IntRange(0, len(owed)).Draw(t, "taken")], now)...)
		}
	}
	return made
}

// everything is what a book says, but for the newest readings, which no event holds.
func everything(b *Book) string {
	var out []string
	for _, v := range b.Views(false, 0) {
		full, _ := b.View(v.ID)
		full.Actual, full.Expected, full.Samples, full.Sigma, full.Window = 0, 0, 0, 0, ""
		out = append(out, fmt.Sprintf("%+v", strip(full)))
	}
	for _, m := range b.Owed("chat", at(100)) {
		out = append(out, m.Incident.ID, m.ID, m.Subject["en"], m.Text["zh"])
	}
	for _, r := range b.Reports() {
		out = append(out, fmt.Sprint(r.Rule, r.Incidents, r.Orange, r.Reviewed, r.Real, r.FalseAlarms, r.Expected))
	}
	for s, r := range b.latest {
		out = append(out, fmt.Sprint("latest ", s, " ", r.id, " ", r.state.green, r.state.byHand, r.state.before))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// strip shows times instead of their addresses.
func strip(v View) map[string]any {
	at, until := "", ""
	if v.AcknowledgedAt != nil {
		at = v.AcknowledgedAt.String()
	}
	if v.ResolvedAt != nil {
		until = v.ResolvedAt.String()
	}
	v.AcknowledgedAt, v.ResolvedAt = nil, nil
	return map[string]any{"view": fmt.Sprintf("%+v", v), "acknowledged": at, "resolved": until}
}

func TestAnyOrderGivesTheSameBook(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBook()
		made := run(t, b)
		want := everything(b)
		twice := rapid.SliceOfN(rapid.SampledFrom(append(made, Event{})), 0, 20).Draw(t, "repeated")
		twice = slices.DeleteFunc(twice, func(e Event) bool { return e.ID == "" })
		shuffled := rapid.Permutation(append(slices.Clone(made), twice...)).Draw(t, "order")
		again := newBook()
		for _, e := range shuffled { // one by one: Load sorts
			again.Load([]Event{e})
		}
		if got := everything(again); got != want {
			t.Fatalf("rebuilt:\n%s\nwant:\n%s", got, want)
		}
	})
}

// Two processes at once make an event with one id at two times: whichever comes first, the earlier one stays.
func TestTwoProcessesMakeOneEvent(t *testing.T) {
	early, late := newBook(), newBook()
	e := early.Judge([]alerts.Reading{reading(0, alerts.Orange)}, at(2))
	l := late.Judge([]alerts.Reading{reading(0, alerts.Orange)}, at(3))
	early.Load(l)
	late.Load(e)
	if everything(early) != everything(late) || len(only(t, late).Events) != 1 || only(t, late).OpenedAt != at(2).Time() {
		t.Errorf("one has\n%s\nthe other\n%s", everything(early), everything(late))
	}
}

// world is what survives a crash: the tables, and what a receiver has got.
type world struct {
	events   []Event
	stored   int // batches of readings that are stored
	received map[string]int
}

// crash says after which step a run ends: 0 never.
type crash struct{ batch, step int }

// live does what the hub does with batches of readings, in its order: events, readings, messages, deliveries. It begins
// with what is stored, and ends after the crash.
func live(w *world, batches [][]alerts.Reading, c crash) {
	b := newBook()
	b.Load(w.events)
	for w.stored < len(batches) {
		i := w.stored
		now := at(i) + 90_000
		dies := func(step int) bool { return c.batch == i && c.step == step }
		made := b.Judge(batches[i], now)
		if dies(1) {
			return
		}
		w.events = append(w.events, made...)
		if dies(2) {
			return
		}
		w.stored++
		if dies(3) {
			return
		}
		owed := b.Owed("chat", now)
		for _, m := range owed {
			w.received[m.Incident.ID+" "+m.ID]++
		}
		if dies(4) {
			return
		}
		w.events = append(w.events, b.Take("chat", owed, now)...)
	}
	for _, m := range b.Owed("chat", at(len(batches))) {
		w.received[m.Incident.ID+" "+m.ID]++
	}
}

func TestRestartAtAnyPoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		batches := make([][]alerts.Reading, rapid.IntRange(1, 25).Draw(t, "batches"))
		for i := range batches {
			for _, shop := range []alerts.Key{"a", "b"} {
				r := reading(i, drawTier(t))
				r.Key = shop
				batches[i] = append(batches[i], r)
			}
		}
		calm := &world{received: map[string]int{}}
		live(calm, batches, crash{batch: -1})
		w := &world{received: map[string]int{}}
		for range rapid.IntRange(1, 5).Draw(t, "crashes") {
			live(w, batches, crash{rapid.IntRange(0, len(batches)-1).Draw(t, "batch"), rapid.IntRange(1, 4).Draw(t, "step")})
		}
		live(w, batches, crash{batch: -1})
		if got, want := decisions(w.events), decisions(calm.events); !reflect.DeepEqual(got, want) {
			t.Fatalf("decisions %q, want %q", got, want)
		}
		if len(w.received) != len(calm.received) {
			t.Fatalf("received %v, want %v", w.received, calm.received)
		}
		for m, n := range calm.received {
			if n != 1 || w.received[m] < 1 {
				t.Fatalf("message %s came %d times, without a crash %d times", m, w.received[m], n)
			}
		}
	})
}

// decisions are the events by name, without deliveries, each once.
func decisions(es []Event) []string {
	var out []string
	for _, e := range es {
		if e.Kind != Delivered {
			out = append(out, e.Incident+" "+e.ID)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// The test above can fail: where readings are stored before the events that follow from them, decisions get lost.
func TestReadingsBeforeEventsLoseDecisions(t *testing.T) {
	batches := [][]alerts.Reading{{reading(0, alerts.Orange)}, {reading(1, alerts.Green)}}
	w := &world{received: map[string]int{}, stored: 1} // stored the reading, died before the event
	live(w, batches, crash{batch: -1})
	if len(w.received) != 0 {
		t.Errorf("received %v: the order of storing does not matter any more", w.received)
	}
}
