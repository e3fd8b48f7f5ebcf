package sim

import (
	"container/heap"
	"encoding/json"
	"fmt"
	"time"

	"tidemark/deploy/demo/truth"
)

// delivery is one event on its way, or a copy of it.
type delivery struct {
	due  time.Time
	shop *Shop
	way  way
	body json.RawMessage
	fact truth.Fact // nothing for a copy: the event counts once

	only    outcome   // of the payment; with another one the event never happens
	decided time.Time // when the payment works or fails
}

// deliveries is a heap, the earliest due on top.
type deliveries []delivery

// Len is part of heap.Interface.
func (d deliveries) Len() int { return len(d) }

// Less is part of heap.Interface.
func (d deliveries) Less(i, j int) bool { return d[i].due.Before(d[j].due) }

// Swap is part of heap.Interface.
func (d deliveries) Swap(i, j int) { d[i], d[j] = d[j], d[i] }

// Push is part of heap.Interface.
func (d *deliveries) Push(x any) { *d = append(*d, x.(delivery)) }

// Pop is part of heap.Interface.
func (d *deliveries) Pop() any {
	last := len(*d) - 1
	x := (*d)[last]
	(*d)[last] = delivery{}
	*d = (*d)[:last]
	return x
}

// schedule adds what a visit that starts now will deliver.
func (d *deliveries) schedule(now time.Time, shop *Shop, events []event) error {
	for i := range events {
		e := &events[i]
		at := now.Add(e.after)
		body, err := json.Marshal(e.timed(at))
		if err != nil {
			return fmt.Errorf("event %s: %w", e.id, err)
		}
		one := delivery{due: at.Add(e.delay), shop: shop, way: e.way, body: body, only: e.payment.outcome, decided: now.Add(e.payment.after)}
		one.fact = truth.Fact{At: at.Truncate(time.Millisecond), Shop: shop.ID, Adds: e.adds}
		heap.Push(d, one)
		if e.copyAfter > 0 {
			one.due, one.fact = one.due.Add(e.copyAfter), truth.Fact{}
			heap.Push(d, one)
		}
	}
	return nil
}

// batch is what goes into one request.
type batch struct {
	shop   *Shop
	way    way
	bodies []json.RawMessage
	facts  []truth.Fact
}

// maxBatch keeps requests far below Segment's 2,500 events and 500 KB.
const maxBatch = 100

// take removes what is due and puts it into batches, in order of the first event of each. What an outage of payments
// has kept from happening falls out.
func (d *deliveries) take(now time.Time, payments *outage) []*batch {
	type target struct {
		shop *Shop
		way  way
	}
	var out []*batch
	open := map[target]*batch{}
	for len(*d) > 0 && !(*d)[0].due.After(now) {
		one := heap.Pop(d).(delivery)
		if one.only != either && one.only != payments.at(one.shop.ID, one.decided) {
			continue
		}
		to := target{one.shop, one.way}
		b := open[to]
		if b == nil || len(b.bodies) == maxBatch {
			b = &batch{shop: one.shop, way: one.way}
			open[to] = b
			out = append(out, b)
		}
		b.bodies = append(b.bodies, one.body)
		if len(one.fact.Adds) > 0 {
			b.facts = append(b.facts, one.fact)
		}
	}
	return out
}
