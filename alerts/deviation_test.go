package alerts

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

func TestCountSigma(t *testing.T) {
	tests := []struct {
		name              string
		actual, mean, cv2 float64
		want              float64
	}{
		{"as expected", 20, 20, 0, 0},
		{"zero of a Poisson count", 0, 18, 0, -6},
		{"zero of two", 0, 2, 0, -2},
		{"large counts are nearly normal", 10_300, 10_000, 0, 2.99},
		{"a drift of 10 % dominates large counts", 13_000, 10_000, 0.01, 2.73},
		{"and hardly touches small ones", 0, 15, 0.01, -5.29},
		{"a drift of 20 % leaves a collapse visible", 0, 1000, 0.04, -13.63},
		{"nothing expected says nothing", 5, 0, 0, 0},
	}
	for _, test := range tests {
		if got := countSigma(test.actual, test.mean, test.cv2); !near(got, test.want, 0.01) {
			t.Errorf("%s: %.3f, want %.3f", test.name, got, test.want)
		}
	}
}

func TestRatioSigma(t *testing.T) {
	tests := []struct {
		name               string
		num, den, p, drift float64
		want               float64
	}{
		{name: "as expected", num: 30, den: 1000, p: 0.03, want: 0},
		{name: "one of three says nothing", num: 1, den: 3, p: 0.5, want: -0.58},
		{name: "none of a thousand", num: 0, den: 1000, p: 0.03, want: -7.81},
		{name: "drift of a fifth", num: 0, den: 1000, p: 0.03, drift: 0.006, want: -5.22},
		{name: "more successes than trials", num: 7, den: 5, p: 0.5, want: 2.63},
		{name: "no trials", num: 0, den: 0, p: 0.5, want: 0},
		{name: "impossible expectation", num: 1, den: 9, p: 0, want: 0},
	}
	for _, test := range tests {
		if got := ratioSigma(test.num, test.den, test.p, test.drift); !near(got, test.want, 0.01) {
			t.Errorf("%s: %.3f, want %.3f", test.name, got, test.want)
		}
	}
}

// A figure that is farther off is never less surprising; a mean that drifts more makes none more surprising.
func TestSigmaIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mean := rapid.Float64Range(0.01, 1e6).Draw(t, "mean")
		cv2 := rapid.Float64Range(0, 2).Draw(t, "cv2")
		a := math.Floor(rapid.Float64Range(0, 3*mean+10).Draw(t, "a"))
		if countSigma(a, mean, cv2) > countSigma(a+1, mean, cv2)+1e-6 {
			t.Fatalf("%v is lower than %v", a+1, a)
		}
		if math.Abs(countSigma(a, mean, cv2*2)) > math.Abs(countSigma(a, mean, cv2))+1e-6 {
			t.Fatal("more drift, more surprise")
		}
		den := float64(rapid.IntRange(1, 1e6).Draw(t, "den"))
		num := math.Floor(rapid.Float64Range(0, den-1).Draw(t, "num"))
		p, drift := rapid.Float64Range(0.001, 0.999).Draw(t, "p"), rapid.Float64Range(0, 0.3).Draw(t, "drift")
		if ratioSigma(num, den, p, drift) > ratioSigma(num+1, den, p, drift)+1e-6 {
			t.Fatalf("%v of %v is lower than %v", num+1, den, num)
		}
		if mirror := -ratioSigma(den-num, den, 1-p, drift); !near(ratioSigma(num, den, p, drift), mirror, 1e-3*(1+math.Abs(mirror))) {
			t.Fatal("successes and failures are not judged alike")
		}
	})
}

func TestMedianAndExcess(t *testing.T) {
	if median(nil) != 0 || median([]float64{5}) != 5 || median([]float64{9, 1, 4}) != 4 || median([]float64{4, 1, 3, 2}) != 2.5 {
		t.Error("median")
	}
	if beyond, hidden := excess(10/madSigma, 25, 1_000_000); !near(beyond, 75, 0.1) || !near(hidden, 0, 0.2) {
		t.Errorf("beyond chance: %v and %v hidden, want 75 and nothing", beyond, hidden)
	}
	if beyond, hidden := excess(5.5/madSigma, 25, 23); beyond != 0 || !near(hidden, 36, 0.1) {
		t.Errorf("within the measurement's own error: %v and %v hidden, want 0 and 36", beyond, hidden)
	}
}
