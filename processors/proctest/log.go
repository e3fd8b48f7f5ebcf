package proctest

import (
	"fmt"
	"math/rand/v2"
	"sort"

	"tidemark/processors"
	"tidemark/schemas"
)

// begin is when simulated logs begin; a whole hour.
const begin = 1_700_002_800_000

// habits are what one simulated log is like.
type habits struct {
	records  int
	pace     int64 // longest time between two records, milliseconds
	disorder int64 // how far event times usually lag behind append times
	grain    int64 // event times are multiples of it, so that bounds are hit exactly
	tick     int64 // append times are multiples of it, for the bounds of the horizon
	visitors int
	pages    int
	copies   float64 // share of copies of earlier records
	late     float64
	future   float64
	idle     float64 // share of records that begin a span with heartbeats only
	rubbish  float64
	burst    float64 // share of records that begin a run of one visitor's events
	tame     bool    // copies never differ in time, as after a loss of the memory of ids nothing else could be promised
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

func habitsOf(r *rand.Rand, tame bool) habits {
	return habits{
		records: 50 + r.IntN(130), pace: pick[int64](r, 300, 900, 2500), disorder: pick[int64](r, 0, 1500, 4000, 9000),
		grain: pick[int64](r, 1, 500, 1000), tick: pick[int64](r, 1, 1, 100, 1000), visitors: 2 + r.IntN(5), pages: 1 + r.IntN(4), copies: pick(r, 0, 0.1, 0.25),
		late: pick(r, 0, 0.02, 0.1), future: pick(r, 0, 0.03), idle: pick(r, 0, 0.01, 0.04), rubbish: pick(r, 0, 0.03),
		burst: pick(r, 0, 0.03, 0.1), tame: tame,
	}
}

// generator writes one log.
type generator struct {
	*rand.Rand
	habits
	now    int64 // append time
	log    []processors.Record
	events []Event // all so far, for copies
	sent   []int64 // when each was first appended
	run    string  // visitor of the burst under way
	left   int     // events of it to come
}

// generate makes the log of one partition: disorder, copies, late and far-future events, bursts of one visitor, idle
// spans, records that cannot be read. Append times never fall.
func generate(r *rand.Rand, h habits, start int64) []processors.Record {
	g := &generator{Rand: r, habits: h, now: begin}
	for range h.records {
		g.step()
	}
	for i := range g.log {
		g.log[i].Offset = start + int64(i)
	}
	return g.log
}

func (g *generator) step() {
	if g.IntN(3) > 0 {
		g.now += g.Int64N(g.pace+g.tick) / g.tick * g.tick
	}
	switch p := g.Float64(); {
	case g.left > 0:
		g.left--
		g.append(g.event(g.run))
	case p < g.idle:
		for range 1 + g.IntN(25) {
			g.now += 1000
			g.put(nil, true)
		}
	case p < g.idle+g.rubbish:
		g.put([]byte(pick(g.Rand, "", "!", "x", "v", "c\xff", "{}")), false)
	case p < g.idle+g.rubbish+g.burst:
		g.run, g.left = g.visitor(), 3+g.IntN(25)
	case p < g.idle+g.rubbish+g.burst+0.03:
		g.put(nil, true)
	case p < g.idle+g.rubbish+g.burst+0.03+g.copies && len(g.events) > 0:
		g.append(g.copy())
	default:
		g.append(g.event(g.visitor()))
	}
}

func (g *generator) visitor() string {
	if g.IntN(40) == 0 {
		return "" // belongs to no session
	}
	return fmt.Sprintf("u%d", g.IntN(g.visitors))
}

func (g *generator) event(visitor string) Event {
	e := Event{
		ID: fmt.Sprintf("e%d", len(g.events)), Visitor: visitor, Shop: pick(g.Rand, "de", "de", "fr"), Page: fmt.Sprintf("/p%d", g.IntN(g.pages)),
		Kind: pick[byte](g.Rand, View, View, Click, Server), Amount: schemas.Money(g.Int64N(2_000_000) - 500_000), N: g.Int64N(200),
	}
	at := g.now - g.Int64N(g.disorder+1)
	switch p := g.Float64(); {
	case p < g.late:
		at -= 3000 + g.Int64N(60_000)
	case p < g.late+g.future:
		at += pick[int64](g.Rand, 1, 20_000, 2_000_000_000_000)
	}
	if g.tame {
		at = min(at, g.now)
	}
	e.At = schemas.Millis(at / g.grain * g.grain)
	g.events, g.sent = append(g.events, e), append(g.sent, g.now)
	return e
}

// copy is an event sent before, as it was or with other content.
func (g *generator) copy() Event {
	from, to := 0, len(g.events)
	switch edge := g.now - horizon.Milliseconds(); g.IntN(3) {
	case 0:
		from = max(0, to-20)
	case 1: // as old as the horizon reaches, or hardly older
		if i := sort.Search(to, func(i int) bool { return g.sent[i] >= edge-1000 }); i < to {
			from, to = i, min(to, i+3)
		}
	}
	e := g.events[from+g.IntN(to-from)]
	if g.IntN(2) == 0 {
		e.N++
		e.Page, e.Kind = "/copy", View
		switch {
		case g.tame:
		case g.IntN(2) == 0:
			e.At = schemas.Millis((g.now - g.Int64N(2000)) / g.grain * g.grain)
		default:
			e.At += schemas.Millis(g.Int64N(8000))
		}
	}
	return e
}

func (g *generator) append(e Event) {
	g.put(e.Encode(), false)
}

func (g *generator) put(value []byte, heartbeat bool) {
	g.log = append(g.log, processors.Record{Time: schemas.Millis(g.now), Value: value, Heartbeat: heartbeat})
}
