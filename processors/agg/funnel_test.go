package agg

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestFunnelExamples(t *testing.T) {
	for name, c := range map[string]struct {
		steps []int8
		want  int8
	}{
		"nothing":                  {nil, 0},
		"in order":                 {[]int8{1, 2, 3}, 3},
		"others in between":        {[]int8{1, 0, 0, 2, 0, 3}, 3},
		"a step is left out":       {[]int8{1, 3}, 1},
		"the first is missing":     {[]int8{2, 3}, 0},
		"backwards":                {[]int8{3, 2, 1}, 1},
		"steps twice":              {[]int8{1, 1, 2, 2, 3}, 3},
		"forward, back, forward":   {[]int8{1, 2, 1, 3}, 3},
		"as many as there is room": {[]int8{1, 2, 3, 4, 5, 6, 7, 8, 9}, 8},
		"negative":                 {[]int8{-1, 1}, 1},
	} {
		var f Funnel
		for i, n := range c.steps {
			f.Step(n, int64(i)*10)
		}
		if f.Reached != c.want {
			t.Errorf("%s: %d steps, want %d", name, f.Reached, c.want)
		}
	}
}

// The funnel reaches step k where 1, 2, ..., k are found one after the other, each at its first chance.
func TestFunnel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.SliceOf(rapid.Int8Range(0, 5)).Draw(t, "steps")
		var f Funnel
		for i, n := range steps {
			f.Step(n, int64(100+i))
		}
		from, k := 0, int8(0)
		for {
			i := slices.Index(steps[from:], k+1)
			if i < 0 {
				break
			}
			if at := int64(100 + from + i); f.At[k] != at {
				t.Fatalf("step %d of %v at %d, want %d", k+1, steps, f.At[k], at)
			}
			from, k = from+i+1, k+1
		}
		if f.Reached != k {
			t.Fatalf("%v reaches %d, want %d", steps, f.Reached, k)
		}
	})
}
