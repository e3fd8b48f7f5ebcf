package alerts

import (
	"testing"

	"pgregory.net/rapid"

	"tidemark/processors"
)

// TestTierSteps walks through triggers (4.5 and 6) and recoveries (2.5 and 4).
func TestTierSteps(t *testing.T) {
	yellow, orange := processors.Usual()
	tests := []struct {
		sigma float64
		want  Tier
	}{
		{4.49, Green}, {4.5, Yellow}, {2.5, Yellow}, {2.49, Green}, {4, Green},
		{6, Orange}, {4, Orange}, {3.99, Yellow}, {5.99, Yellow}, {6, Orange}, {0, Green},
		{7, Orange}, {2.6, Yellow}, {2.4, Green},
	}
	tier := Green
	for i, test := range tests {
		if tier = tier.next(test.sigma, yellow, orange); tier != test.want {
			t.Fatalf("step %d: %.2f sigma is %s, want %s", i, test.sigma, tier, test.want)
		}
	}
}

// Whatever stood before, what reaches a tier's trigger has at least that tier, and what has it has not recovered.
func TestTierProperties(t *testing.T) {
	yellow, orange := processors.Usual()
	rapid.Check(t, func(t *rapid.T) {
		before := Tier(rapid.IntRange(0, 2).Draw(t, "before"))
		sigma := rapid.Float64Range(0, 12).Draw(t, "sigma")
		after := before.next(sigma, yellow, orange)
		if sigma >= orange.Trigger && after != Orange || sigma >= yellow.Trigger && after == Green {
			t.Fatalf("%.2f sigma does not trigger: %s", sigma, after)
		}
		if sigma < yellow.Recover && after != Green || sigma < orange.Recover && after == Orange {
			t.Fatalf("%.2f sigma does not recover: %s", sigma, after)
		}
		if after.next(sigma, yellow, orange) != after {
			t.Fatal("the same sigma twice changes the tier")
		}
		if before > Green && Green.next(sigma, yellow, orange) > after {
			t.Fatal("a worse past makes a better present")
		}
	})
}

func TestScore(t *testing.T) {
	if Score(0, 4.5) != 0 || Score(4.5, 4.5) != 0.5 || Score(-3, 4.5) != 0 {
		t.Error("0 is 0, the trigger is 0.5")
	}
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Float64Range(0, 1000).Draw(t, "a")
		b := a + rapid.Float64Range(0.001, 100).Draw(t, "more")
		if Score(b, 4.5) < Score(a, 4.5) || Score(b, 4.5) >= 1 {
			t.Fatalf("%v scores %v, %v scores %v", a, Score(a, 4.5), b, Score(b, 4.5))
		}
	})
}
