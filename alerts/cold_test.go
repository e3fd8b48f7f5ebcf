package alerts

import (
	"math"
	"math/rand/v2"
	"testing"

	"tidemark/processors"
	"tidemark/schemas"
)

// greens makes a level of counts.
func greens(counts ...float64) *level {
	l := &level{}
	for i, n := range counts {
		l.push(Point{Start: monday + schemas.Millis(i)*minute, Num: n})
	}
	return l
}

func TestColdCountLevel(t *testing.T) {
	falls, rises := countRule(processors.Falls), countRule(processors.Rises)
	if _, known := falls.coldCount(greens(repeat(levelLeast-1, 20)...), nil); known {
		t.Errorf("%d windows are a level", levelLeast-1)
	}
	e, known := falls.coldCount(greens(repeat(levelLeast, 20)...), nil)
	if !known || e.basis != Cold || e.mean != 20 || e.drift < leastDrift*20 || e.drift > (leastDrift+mostHidden)*20 {
		t.Errorf("a steady level gives %+v", e)
	}
	e, _ = falls.coldCount(greens(append(repeat(45, 20), repeat(15, 12)...)...), nil)
	if e.mean != 20 || e.near != 12 {
		t.Errorf("after a decline the mean is %v and chance is judged by %v, want 20 and 12", e.mean, e.near)
	}
	e, _ = rises.coldCount(greens(append(repeat(45, 20), repeat(15, 12)...)...), nil)
	if e.mean != 20 || e.near != 20 {
		t.Errorf("for a rise the mean is %v and chance is judged by %v, want 20 and 20", e.mean, e.near)
	}
}

// An outage among the first windows, which all count as green, is no yardstick for what falls: the next one is seen. The
// same windows are the usual of a figure whose rise is bad.
func TestEarlyOutageIsNoYardstick(t *testing.T) {
	early := append(repeat(8, 0), 38, 41, 40, 40)
	falls, rises := countRule(processors.Falls), countRule(processors.Rises)
	if e, known := falls.coldCount(greens(early...), nil); !known || e.mean != 40 || e.near != 40 {
		t.Errorf("falls: %+v, want a level of 40", e)
	}
	if e, _ := rises.coldCount(greens(early...), nil); e.mean != 0 {
		t.Errorf("rises: a level of %v, want that of all windows", e.mean)
	}
	r := ruleNamed(t, "paid_orders_fall")
	e, _ := r.coldCount(greens(early...), nil)
	if sigma := r.deviation(&e, span{windows: 1}); sigma < r.Orange.Trigger {
		t.Errorf("the next minute without an order has %v sigma, want orange", sigma)
	}
}

// A ratio without a level of its own is held against a bound, which says nothing of what is usual.
func TestColdRatioShowsNoBoundAsExpected(t *testing.T) {
	r := ruleNamed(t, "ctr_falls")
	var l level
	if e := r.coldRatio(&l); !math.IsNaN(e.shown()) || e.mean != r.Cold.Yellow {
		t.Errorf("without a level %v is shown as expected, and judged by %v", e.shown(), e.mean)
	}
	for i := range levelLeast {
		l.push(Point{Start: monday + schemas.Millis(i)*minute, Num: 12, Den: 100})
	}
	if e := r.coldRatio(&l); e.shown() != 0.12 {
		t.Errorf("with a level %v is shown as expected, want 0.12", e.shown())
	}
}

func TestLevelForgets(t *testing.T) {
	l := &level{}
	for i := range 100 {
		l.push(Point{Start: monday + schemas.Millis(i)*minute, Num: float64(i)})
	}
	if len(l.green) != levelWindows || l.green[0].Num != 40 {
		t.Fatalf("%d windows from number %v", len(l.green), l.green[0].Num)
	}
	l.expire(monday + levelAge + 90*minute)
	if len(l.green) != 10 || l.green[0].Num != 90 {
		t.Fatalf("after a day %d windows are left, from number %v", len(l.green), l.green[0].Num)
	}
}

// A total outage is orange in one window from 12 orders a minute on, with the spread that chance gives the level; one
// order of the usual is yellow at most, and half of the usual is nothing.
func TestColdOutageInOneWindow(t *testing.T) {
	r := ruleNamed(t, "paid_orders_fall")
	src := rand.New(rand.NewPCG(1, 2))
	for _, rate := range []float64{14, 15, 20, 40, 300} {
		var l level
		for i := range levelWindows {
			l.push(Point{Start: monday + schemas.Millis(i)*minute, Num: poisson(src, rate)})
		}
		e, _ := r.coldCount(&l, nil)
		tests := []struct {
			share float64
			want  Tier
		}{{0, Orange}, {0.5, Green}, {1, Green}, {2, Green}}
		for _, test := range tests {
			sigma := r.deviation(&e, span{1, math.Floor(test.share * rate), 0})
			if tier := Green.next(sigma, r.Yellow, r.Orange); tier != test.want {
				t.Errorf("%.0f a minute, %.1f of it: %s with %.2f sigma, want %s", rate, test.share, tier, sigma, test.want)
			}
		}
	}
	steady, _ := r.coldCount(greens(repeat(60, 12)...), nil)
	if sigma := r.deviation(&steady, span{1, 0, 0}); sigma < r.Orange.Trigger {
		t.Errorf("no order of twelve is %.2f sigma", sigma)
	}
	steady, _ = r.coldCount(greens(repeat(60, 7)...), nil)
	if sigma := r.deviation(&steady, span{1, 0, 0}); sigma != 0 {
		t.Errorf("too few expected, and yet %.2f sigma", sigma)
	}
}

func TestColdBounds(t *testing.T) {
	yellow := func(r *Rule, e expectation, s span) Tier { return Green.next(r.deviation(&e, s), r.Yellow, r.Orange) }
	falls := ruleNamed(t, "paid_orders_fall") // 0.35 and 0.1 of the level
	surge := ruleNamed(t, "orders_surge")     // 3 and 6 times the level
	cvr := ruleNamed(t, "conversion_falls")   // below 0.005 and 0.001
	bounce := ruleNamed(t, "bounce_rises")    // above 0.8 and 0.95
	moves := *countRule(processors.Moves)     // beyond 3 and 6 times the level, either way
	moves.Cold = processors.Bounds{Yellow: 3, Orange: 6}
	count := expectation{basis: Cold, mean: 100, near: 100, drift: 10}
	tests := []struct {
		name string
		rule Rule
		e    expectation
		s    span
		want Tier
	}{
		{"above yellow's share", falls, count, span{1, 36, 0}, Green},
		{"at yellow's share", falls, count, span{1, 35, 0}, Yellow},
		{"at orange's share", falls, count, span{1, 10, 0}, Orange},
		{"below three times", surge, count, span{1, 299, 0}, Green},
		{"three times", surge, count, span{1, 300, 0}, Yellow},
		{"six times", surge, count, span{1, 600, 0}, Orange},
		{"six times of little", surge, expectation{basis: Cold, mean: 2, near: 2, drift: 0.2}, span{1, 12, 0}, Green},
		{"moves: more than a third", moves, count, span{1, 34, 0}, Green},
		{"moves: a third", moves, count, span{1, 33, 0}, Yellow},
		{"moves: a sixth", moves, count, span{1, 16, 0}, Orange},
		{"moves: nothing", moves, count, span{1, 0, 0}, Orange},
		{"moves: three times", moves, count, span{1, 300, 0}, Yellow},
		{"one of three", cvr, cvr.coldRatio(&level{}), span{5, 0, 3}, Green},
		{"none of a hundred, nothing known", cvr, cvr.coldRatio(&level{}), span{5, 0, 100}, Green},
		{"none of thousands, nothing known", cvr, cvr.coldRatio(&level{}), span{5, 0, 4000}, Orange},
		{"none of 400, usually 3 %", cvr, expectation{basis: Cold, mean: 0.03, drift: 0.003}, span{5, 0, 400}, Orange},
		{"half of 3 % is above the bound", cvr, expectation{basis: Cold, mean: 0.03, drift: 0.003}, span{5, 60, 4000}, Green},
		{"0.4 % of many", cvr, expectation{basis: Cold, mean: 0.03, drift: 0.003}, span{5, 16, 4000}, Yellow},
		{"most leave at once", bounce, bounce.coldRatio(&level{}), span{5, 970, 1000}, Orange},
		{"many leave at once", bounce, expectation{basis: Cold, mean: 0.4, drift: 0.04}, span{5, 850, 1000}, Yellow},
		{"some leave at once", bounce, expectation{basis: Cold, mean: 0.4, drift: 0.04}, span{5, 700, 1000}, Green},
	}
	for _, test := range tests {
		if got := yellow(&test.rule, test.e, test.s); got != test.want {
			t.Errorf("%s: %s with %.2f sigma, want %s", test.name, got, test.rule.deviation(&test.e, test.s), test.want)
		}
	}
}

// The level of a ratio never excuses what the bound condemns.
func TestColdRatioLevel(t *testing.T) {
	cvr := ruleNamed(t, "conversion_falls")
	l := &level{}
	for i := range 20 {
		l.push(Point{Start: monday + schemas.Millis(i)*minute, Num: 3, Den: 100})
	}
	if e := cvr.coldRatio(l); !near(e.mean, 0.03, 1e-9) {
		t.Errorf("level %v, want 0.03", e.mean)
	}
	bad := &level{}
	for i := range 20 {
		bad.push(Point{Start: monday + schemas.Millis(i)*minute, Num: 0, Den: 100})
	}
	if e := cvr.coldRatio(bad); e.mean != cvr.Cold.Yellow {
		t.Errorf("a level of nothing gives %v, want the bound %v", e.mean, cvr.Cold.Yellow)
	}
}
