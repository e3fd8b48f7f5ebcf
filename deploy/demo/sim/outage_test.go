package sim

import (
	"encoding/json"
	"testing"
	"time"

	"tidemark/deploy/demo/truth"
)

// sold is what the shops' events of one minute say.
type sold struct {
	placed, paid, failed, entered, confirmed int
	truth                                    map[truth.Measure]int64
}

// play runs visits through the queue on a clock of its own, with payments failing in the shops from begin until end, and sums up by
// shop and minute.
func play(t *testing.T, length, begin, end time.Duration, shops ...string) map[string][]sold {
	t.Helper()
	start := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	s := &Simulator{shops: Shops()}
	out := map[string][]sold{}
	for i := range s.shops {
		minutes := make([]sold, length/time.Minute)
		for m := range minutes {
			minutes[m].truth = map[truth.Measure]int64{}
		}
		out[s.shops[i].ID] = minutes
	}
	n := uint64(0)
	for at := time.Duration(0); at < length; at += 250 * time.Millisecond {
		now := start.Add(at)
		if at == begin || at == end {
			for _, shop := range shops {
				s.outage.set(at == begin, shop, func() time.Time { return now })
			}
		}
		for range 2 {
			shop, events := planVisit(s.shops, 5, 1, n)
			n++
			if err := s.queue.schedule(now, shop, events); err != nil {
				t.Fatal(err)
			}
		}
		for _, b := range s.queue.take(now, &s.outage) {
			tally(t, b, start, out[b.shop.ID])
		}
	}
	return out
}

func tally(t *testing.T, b *batch, start time.Time, minutes []sold) {
	t.Helper()
	for _, body := range b.bodies {
		var e struct {
			Type, Event, Reason string
			Timestamp           time.Time
			Occurred            time.Time `json:"occurred_at"`
		}
		if err := json.Unmarshal(body, &e); err != nil {
			t.Fatal(err)
		}
		if b.way == native {
			e.Timestamp = e.Occurred
		}
		m := &minutes[e.Timestamp.Sub(start)/time.Minute]
		switch {
		case e.Event == "Payment Info Entered":
			m.entered++
		case e.Event == "Order Completed" && b.way == browser:
			m.confirmed++
		case e.Event == "Order Completed":
			m.placed++
			m.paid++
		case e.Type == "order_placed":
			m.placed++
		case e.Type == "order_paid":
			m.paid++
		case e.Type == "payment_failed" && e.Reason != "":
			m.failed++
		}
	}
	for _, f := range b.facts {
		for _, a := range f.Adds {
			minutes[f.At.Sub(start)/time.Minute].truth[a.Measure] += a.N
		}
	}
}

func TestOutageStopsEveryPayment(t *testing.T) {
	const begin, end = 8, 13 // minutes
	for shop, minutes := range play(t, 20*time.Minute, begin*time.Minute, end*time.Minute, "chaye", "kiefer") {
		for m, s := range minutes[4:18] {
			m += 4
			down := m >= begin && m < end
			if down != (s.paid == 0) || down != (s.truth[truth.Paid] == 0) || down != (s.confirmed == 0) {
				t.Errorf("%s, minute %d: %d paid, %d confirmed, truth %v", shop, m, s.paid, s.confirmed, s.truth)
			}
			if s.entered == 0 {
				t.Errorf("%s, minute %d: nobody enters a payment", shop, m)
			}
			if wantFailed := down && shop == "kiefer"; wantFailed != (s.failed > 0) {
				t.Errorf("%s, minute %d: %d payments failed", shop, m, s.failed)
			}
			if wantPlaced := !down || shop == "kiefer"; wantPlaced != (s.placed > 0) || wantPlaced != (s.truth[truth.Orders] > 0) {
				t.Errorf("%s, minute %d: %d placed, truth %v", shop, m, s.placed, s.truth)
			}
		}
	}
}

func TestOutageOfOneShop(t *testing.T) {
	shops := play(t, 14*time.Minute, 6*time.Minute, 10*time.Minute, "chaye")
	for m := 6; m < 10; m++ {
		if shops["chaye"][m].paid > 0 || shops["kiefer"][m].paid == 0 {
			t.Errorf("minute %d: chaye %+v, kiefer %+v", m, shops["chaye"][m], shops["kiefer"][m])
		}
	}
}

// The two courses of a plan exclude each other, so a visit never both pays and fails, whenever an outage comes.
func TestOutageEdges(t *testing.T) {
	start := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	var o outage
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	set := func(on bool, seconds int) { o.set(on, "tea", func() time.Time { return at(seconds) }) }
	set(false, 5) // was off
	set(true, 10)
	set(true, 15) // goes on
	set(false, 20)
	set(false, 25) // is off
	set(true, 30)
	for second, want := range map[int]outcome{9: paid, 10: failed, 19: failed, 20: paid, 29: paid, 30: failed, 1000: failed} {
		if got := o.at("tea", at(second)); got != want {
			t.Errorf("second %d: %d, want %d", second, got, want)
		}
	}
	if o.at("coffee", at(15)) != paid {
		t.Error("the outage of one shop hits another")
	}
}

func TestFailPaymentsNamesItsShops(t *testing.T) {
	s := &Simulator{shops: Shops()}
	failing := func(shop string) bool { return s.outage.at(shop, time.Now()) == failed }
	s.FailPayments(true, "kiefer")
	if failing("chaye") || !failing("kiefer") {
		t.Error("not kiefer alone")
	}
	s.FailPayments(true)
	if !failing("chaye") || !failing("kiefer") {
		t.Error("not all")
	}
	s.FailPayments(false)
	if failing("chaye") || failing("kiefer") {
		t.Error("the outage has not ended everywhere")
	}
}

// What the demo sends by default must be enough to see a total outage within one minute.
func TestPaidOrdersPerMinute(t *testing.T) {
	const rate, visits = 100, 20_000 // events per second, as the demo's default
	perMinute := rate / eventsPerVisit(Shops()) * 60
	paidBy := map[string]float64{}
	for n := range uint64(visits) {
		shop, events := planVisit(Shops(), 1, 1, n)
		for _, e := range events {
			for _, a := range e.adds {
				if a.Measure == truth.Paid {
					paidBy[shop.ID] += perMinute / visits
				}
			}
		}
	}
	t.Logf("paid orders per minute on average: %v", paidBy)
	// The crowd swells and shrinks by a fifth.
	if paidBy["chaye"]*4/5 < 30 || paidBy["kiefer"]*4/5 < 14 {
		t.Errorf("%v paid orders per minute are too few", paidBy)
	}
}
