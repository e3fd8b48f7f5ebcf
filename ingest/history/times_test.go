package history

import (
	"errors"
	"testing"
	"time"
)

func TestLocalTimes(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		format, text, want string
		twice              bool
		err                error
	}{
		{"", "2025-07-01 12:00:00", "2025-07-01T10:00:00.000Z", false, nil},
		{"", "2025-07-01T12:00:00.25+05:00", "2025-07-01T07:00:00.250Z", false, nil},
		{"", "2025-01-31", "2025-01-30T23:00:00.000Z", false, nil},
		{"", "2025-03-30 02:30:00", "", false, errNoClock},
		{"", "2025-10-26 02:30", "2025-10-26T00:30:00.000Z", true, nil}, // shown in summer time first
		{"%d.%m.%Y %H:%M %z", "26.10.2025 02:30 +0100", "2025-10-26T01:30:00.000Z", false, nil},
		{"%d %b %y %I:%M %p", "01 Feb 25 03:04 PM", "2025-02-01T14:04:00.000Z", false, nil},
		{"unix", "1735689600.5", "2025-01-01T00:00:00.500Z", false, nil},
		{"unix_ms", "1735689600500", "2025-01-01T00:00:00.500Z", false, nil},
		{"unix", "yesterday", "", false, errTime},
		{"", "31/12/2025", "", false, errTime},
	} {
		form, err := newTimeForm(tt.format)
		if err != nil {
			t.Fatal(err)
		}
		at, twice, err := form.parse(tt.text, berlin)
		if !errors.Is(err, tt.err) || err == nil && (at.String() != tt.want || twice != tt.twice) {
			t.Errorf("%q %q: %v %v %v", tt.format, tt.text, at, twice, err)
		}
	}
}
