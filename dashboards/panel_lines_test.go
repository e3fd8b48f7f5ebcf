package dashboards

import (
	"regexp"
	"strings"
	"testing"
)

func TestSeriesPattern(t *testing.T) {
	for _, tt := range []struct {
		label, name string
		want        bool
	}{
		{"email", "ctr email", true},
		{"email", "email", true},
		{"email", "ctr email_2", false},
		{"email", "ctr", false},
		{"(other)", "ctr (other)", true},
		{"(other)", "ctr other", false},
		{"", "ctr", true},
		{"", "ctr ", true},
		{"", "ctr email", false},
		{"", "expected", false},
	} {
		pattern := strings.Trim(seriesPattern("ctr", tt.label), "/")
		if got := regexp.MustCompile(pattern).MatchString(tt.name); got != tt.want {
			t.Errorf("label %q, name %q: %v", tt.label, tt.name, got)
		}
	}
}
