package agg

import (
	"testing"

	"pgregory.net/rapid"
)

func TestLastExamples(t *testing.T) {
	for name, c := range map[string]struct {
		samples []Last
		want    int64
	}{
		"none":                           {nil, 0},
		"one":                            {[]Last{{7, 100, 5}}, 7},
		"later time wins":                {[]Last{{7, 200, 5}, {8, 100, 6}}, 7},
		"equal times go by offset":       {[]Last{{7, 100, 6}, {8, 100, 5}}, 7},
		"equal in both, the last one":    {[]Last{{7, 100, 5}, {8, 100, 5}}, 8},
		"order of arrival is irrelevant": {[]Last{{1, 300, 1}, {2, 100, 2}, {3, 200, 3}}, 1},
	} {
		var l Last
		for _, s := range c.samples {
			l.Add(s.V, s.At, s.Off)
		}
		if l.V != c.want {
			t.Errorf("%s: %d, want %d", name, l.V, c.want)
		}
	}
}

func TestLast(t *testing.T) {
	// Two samples of one record would be the same sample: value and time follow from the offset.
	sample := rapid.Custom(func(t *rapid.T) Last {
		off := rapid.Int64Range(0, 40).Draw(t, "off")
		return Last{V: off * 3, At: 1 + off*off%7, Off: off}
	})
	rapid.Check(t, func(t *rapid.T) {
		left, right := halves(t, sample)
		var a, b, want Last
		for _, s := range left {
			a.Add(s.V, s.At, s.Off)
		}
		for _, s := range right {
			b.Add(s.V, s.At, s.Off)
		}
		for _, s := range append(append([]Last{}, right...), left...) {
			if s.At > want.At || s.At == want.At && s.Off > want.Off {
				want = s
			}
		}
		ab, ba := a, b
		ab.Merge(b)
		ba.Merge(a)
		if ab != want || ba != want {
			t.Fatalf("%+v and %+v, want %+v", ab, ba, want)
		}
	})
}
