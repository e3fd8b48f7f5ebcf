package preview

import (
	"testing"
	"time"
)

func TestIntervalOf(t *testing.T) {
	for _, c := range []struct {
		length time.Duration
		points int
		least  time.Duration
		want   time.Duration
	}{
		{15 * time.Minute, 800, 0, time.Second},
		{time.Hour, 800, 0, 5 * time.Second},
		{6 * time.Hour, 800, 0, 30 * time.Second},
		{6 * time.Hour, 800, time.Minute, time.Minute},
		{24 * time.Hour, 800, time.Minute, 2 * time.Minute},
		{7 * 24 * time.Hour, 800, time.Minute, 15 * time.Minute},
		{7 * 24 * time.Hour, 720, 5 * time.Minute, 15 * time.Minute},
		{30 * 24 * time.Hour, 720, time.Minute, time.Hour},
		{365 * 24 * time.Hour, 720, time.Minute, 12 * time.Hour},
		{365 * 24 * time.Hour, 20, time.Minute, 7 * 24 * time.Hour},
		{2 * time.Second, 2000, 0, time.Millisecond},
	} {
		if got := intervalOf(c.length, c.points, c.least); got != c.want {
			t.Errorf("%v over %d points, at least %v: %v, want %v", c.length, c.points, c.least, got, c.want)
		}
	}
}

// Below a step's limit the step holds, at it the next one.
func TestRoundInterval(t *testing.T) {
	for i, s := range steps {
		if got := roundInterval(s.Below - 1); got != s.Is {
			t.Errorf("below %v: %v, want %v", s.Below, got, s.Is)
		}
		if i > 0 && (s.Is <= steps[i-1].Is || s.Below <= steps[i-1].Below || s.Is >= s.Below) {
			t.Errorf("step %d does not ascend: %v", i, s)
		}
	}
	if got := roundInterval(42 * 24 * time.Hour); got != 365*24*time.Hour {
		t.Errorf("beyond all steps: %v", got)
	}
}

func TestPointsFor(t *testing.T) {
	for _, c := range []struct{ width, most, want int }{
		{0, 0, 800}, {1, 0, 100}, {730, 0, 800}, {800, 0, 800}, {1600, 720, 720}, {20_000, 0, 2000}, {500, 10, 20},
	} {
		if got := pointsFor(c.width, c.most); got != c.want {
			t.Errorf("width %d, at most %d: %d, want %d", c.width, c.most, got, c.want)
		}
	}
}

func TestParseInterval(t *testing.T) {
	for text, want := range map[string]time.Duration{"": 0, "10s": 10 * time.Second, "1m": time.Minute, "2h": 2 * time.Hour, "1d": 24 * time.Hour} {
		if got, err := parseInterval(text); err != nil || got != want {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	for _, text := range []string{"x", "0s", "-1m", "0d", "1.5d", "10"} {
		if got, err := parseInterval(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}
