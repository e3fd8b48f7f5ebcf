package alerts

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"tidemark/processors"
	"tidemark/processors/metrics"
)

// drawExpectation makes any expectation of a rule, and the sums of its shortest span.
func drawExpectation(t *rapid.T, r *Rule) (expectation, span) {
	s := span{windows: r.Spans[0]}
	e := expectation{basis: rapid.SampledFrom([]Basis{Weekly, Cold}).Draw(t, "basis")}
	if r.Ratio() {
		e.mean = rapid.Float64Range(0.001, 0.999).Draw(t, "p")
		s.den = float64(rapid.IntRange(0, 20_000).Draw(t, "den"))
		e.drift = rapid.Float64Range(0, 0.3).Draw(t, "cv") * min(e.mean, 1-e.mean)
		return e, s
	}
	e.mean = rapid.Float64Range(0, 3000).Draw(t, "mean")
	e.near = e.mean * rapid.Float64Range(0.5, 1).Draw(t, "near")
	if r.Direction == processors.Rises {
		e.near = e.mean * 1.2
	}
	e.drift = rapid.Float64Range(0, 0.4).Draw(t, "cv") * e.mean
	return e, s
}

// What lies on a limit reaches the tier, the next count inside does not, and everything beyond does: a band on a board
// is what fires. Orange lies beyond yellow.
func TestLimitsAreWhatFires(t *testing.T) {
	rules := Rules(metrics.All())
	moves := rules[0]
	moves.Direction = processors.Moves
	rules = append(rules, moves)
	rapid.Check(t, func(t *rapid.T) {
		r := &rules[rapid.IntRange(0, len(rules)-1).Draw(t, "rule")]
		e, s := drawExpectation(t, r)
		l := r.limits(&e, s)
		unit := float64(s.windows)
		if r.Ratio() {
			unit = s.den
		}
		check := func(limit, trigger, outwards float64) {
			at := math.Round(limit * unit)
			if !r.fires(&e, s, at, trigger) || at+outwards >= 0 && !r.fires(&e, s, at+outwards, trigger) && (!r.Ratio() || at+outwards <= s.den) {
				t.Fatalf("%s: limit %v does not fire", r.Name, limit)
			}
			if r.fires(&e, s, at-outwards, trigger) {
				t.Fatalf("%s: inside of limit %v fires too", r.Name, limit)
			}
		}
		never := func(outward float64, trigger float64) {
			worst := 0.0
			if outward > 0 {
				worst = 1e12
				if r.Ratio() {
					worst = s.den
				}
			}
			if r.fires(&e, s, worst, trigger) {
				t.Fatalf("%s: no limit, and yet %v fires", r.Name, worst)
			}
		}
		for _, one := range []struct {
			limit, trigger, outwards float64
			bad                      processors.Direction
		}{
			{l.yellowLow, r.Yellow.Trigger, -1, processors.Falls}, {l.orangeLow, r.Orange.Trigger, -1, processors.Falls},
			{l.yellowHigh, r.Yellow.Trigger, 1, processors.Rises}, {l.orangeHigh, r.Orange.Trigger, 1, processors.Rises},
		} {
			if !math.IsNaN(one.limit) {
				check(one.limit, one.trigger, one.outwards)
			} else if r.Direction == one.bad || r.Direction == processors.Moves {
				never(one.outwards, one.trigger)
			}
		}
		if l.orangeLow > l.yellowLow || l.orangeHigh < l.yellowHigh {
			t.Fatalf("%s: orange begins before yellow: %+v", r.Name, l)
		}
	})
}

// The deviation never falls when the figure gets worse: a limit is a limit.
func TestDeviationIsMonotone(t *testing.T) {
	rules := Rules(metrics.All())
	rapid.Check(t, func(t *rapid.T) {
		r := &rules[rapid.IntRange(0, len(rules)-1).Draw(t, "rule")]
		e, s := drawExpectation(t, r)
		most := 3*r.normal(&e, s) + 5
		if r.Ratio() {
			most = s.den
		}
		a := math.Floor(rapid.Float64Range(0, 1).Draw(t, "at") * most)
		better, worse := s, s
		better.num, worse.num = a+1, a
		if r.Direction == processors.Rises {
			better, worse = worse, better
		}
		if r.deviation(&e, worse) < r.deviation(&e, better)-1e-6 {
			t.Fatalf("%s: %v is %.4f sigma, %v is %.4f", r.Name, worse.num, r.deviation(&e, worse), better.num, r.deviation(&e, better))
		}
	})
}
