package alerts

import (
	"testing"

	"tidemark/processors"
)

// countRule is a rule on a count; the guards are those that a test sets.
func countRule(d processors.Direction) *Rule {
	yellow, orange := processors.Usual()
	return &Rule{
		Alert: processors.Alert{
			Name: "count", Direction: d, Spans: []int{1, 5, 15}, MinSamples: 1, Yellow: yellow, Orange: orange,
			Cold: processors.Bounds{Yellow: 0.35, Orange: 0.1},
		},
		Num: "n",
	}
}

func ratioRule(d processors.Direction) *Rule {
	r := countRule(d)
	r.Num, r.Den, r.MinSamples = "n", "d", 100
	return r
}

func TestDeviation(t *testing.T) {
	usual := expectation{basis: Weekly, mean: 20, drift: 2}
	tests := []struct {
		name   string
		rule   *Rule
		change func(*Rule)
		e      expectation
		s      span
		want   float64
	}{
		{"a fall", countRule(processors.Falls), nil, usual, span{1, 0, 0}, 5.37},
		{"a fall where rises are bad", countRule(processors.Rises), nil, usual, span{1, 0, 0}, 0},
		{"a rise where falls are bad", countRule(processors.Falls), nil, usual, span{1, 70, 0}, 0},
		{"either way", countRule(processors.Moves), nil, usual, span{1, 0, 0}, 5.37},
		{"too few expected", countRule(processors.Falls), func(r *Rule) { r.MinSamples = 21 }, usual, span{1, 0, 0}, 0},
		{"enough over the span", countRule(processors.Falls), func(r *Rule) { r.MinSamples = 21 }, usual, span{5, 0, 0}, 11.35},
		{"relative change too small: in proportion, below the trigger", countRule(processors.Falls), func(r *Rule) { r.MinRelative = 0.5 }, usual, span{15, 180, 0}, 4.5 * 0.8},
		{"absolute change too small", countRule(processors.Falls), func(r *Rule) { r.MinAbsolute = 25 }, usual, span{1, 0, 0}, 4.5 * 0.8},
		{"change just large enough", countRule(processors.Falls), func(r *Rule) { r.MinRelative = 0.4 }, usual, span{15, 180, 0}, 3.98},
		{"traffic that grows through the span", countRule(processors.Falls), nil, expectation{basis: Weekly, mean: 20, slope: 1, drift: 2}, span{15, 195, 0}, 0},
		{"one of three", ratioRule(processors.Falls), nil, expectation{basis: Weekly, mean: 0.9, drift: 0.01}, span{1, 1, 3}, 0},
		{"a ratio falls", ratioRule(processors.Falls), nil, expectation{basis: Weekly, mean: 0.03, drift: 0.003}, span{5, 0, 1000}, 6.31},
		{"a ratio rises", ratioRule(processors.Rises), nil, expectation{basis: Weekly, mean: 0.4, drift: 0.02}, span{5, 700, 1000}, 11.74},
	}
	for _, test := range tests {
		if test.change != nil {
			test.change(test.rule)
		}
		if got := test.rule.deviation(&test.e, test.s); !near(got, test.want, 0.05) {
			t.Errorf("%s: %.3f sigma, want %.2f", test.name, got, test.want)
		}
	}
}

// fill makes the newest windows of a series, the newest last.
func fill(counts ...float64) *recent {
	w := newRecent(15)
	for _, n := range counts {
		w.push(Point{Num: n})
	}
	return &w
}

func repeat(n int, v float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = v
	}
	return out
}

func TestWorstSpan(t *testing.T) {
	e := expectation{basis: Weekly, mean: 4, drift: 0.4}
	tests := []struct {
		name   string
		counts []float64
		span   int
		tier   Tier
	}{
		{"as usual", repeat(15, 4), 1, Green},
		{"a third is little for one window and plenty for fifteen", repeat(15, 0.8), 15, Orange},
		{"a short outage shows over five windows", append(repeat(10, 4), repeat(5, 0)...), 5, Yellow},
		{"a longer one over fifteen", append(repeat(3, 4), repeat(12, 0)...), 15, Orange},
		{"one empty window is chance", append(repeat(14, 4), 0), 15, Green},
		{"over at once: the newest windows are as usual", append(repeat(12, 0), 4, 4, 4), 1, Green},
		{"young series", []float64{0, 0}, 5, Green},
	}
	for _, test := range tests {
		f := countRule(processors.Falls).worst(&e, fill(test.counts...))
		yellow, orange := processors.Usual()
		if tier := Green.next(f.sigma, yellow, orange); tier != test.tier {
			t.Errorf("%s: %s with %.2f sigma over %d windows, want %s", test.name, tier, f.sigma, f.span.windows, test.tier)
		}
		if test.tier != Green && f.span.windows != test.span {
			t.Errorf("%s: span of %d windows decides, want %d", test.name, f.span.windows, test.span)
		}
	}
}

// A long span counts as far as its newest fifth is still off, in the same direction.
func TestLasting(t *testing.T) {
	share := expectation{basis: Weekly, mean: 0.5}
	tests := []struct {
		name          string
		whole, newest span
		want          float64
	}{
		{"all of it", span{5, 200, 1000}, span{1, 40, 200}, 1},
		{"half of it", span{5, 200, 1000}, span{1, 70, 200}, 1},
		{"a quarter of it", span{5, 200, 1000}, span{1, 85, 200}, 0.5},
		{"as expected again", span{5, 200, 1000}, span{1, 100, 200}, 0},
		{"off on the other side", span{5, 200, 1000}, span{1, 150, 200}, 0},
		{"nothing new", span{5, 200, 1000}, span{1, 0, 0}, 1},
	}
	for _, test := range tests {
		if got := ratioRule(processors.Falls).lasting(&share, test.whole, test.newest); !near(got, test.want, 1e-9) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestRecent(t *testing.T) {
	w := newRecent(3)
	for i := range 5 {
		w.push(Point{Num: float64(i), Den: 10})
	}
	if s := w.sum(3); s != (span{3, 2 + 3 + 4, 30}) {
		t.Errorf("sum of three is %+v", s)
	}
	w.push(Point{Num: 100})
	w.drop()
	if s := w.sum(3); s != (span{3, 2 + 3 + 4, 30}) {
		t.Errorf("after a window was taken back, the sum is %+v", s)
	}
	young := newRecent(3)
	young.push(Point{Num: 1})
	if s := young.sum(3); s != (span{1, 1, 0}) {
		t.Errorf("a young series sums to %+v", s)
	}
}
