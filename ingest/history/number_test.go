package history

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A separator counts only where the form has one; anywhere else the number is refused, not read as another.
func TestSeparators(t *testing.T) {
	for _, tt := range []struct{ decimal, thousands, text, want string }{
		{"", "", "1.234", "1.234"}, {"", "", "-5", "-5"}, {"", "", "1.5e3", "1.5e3"}, {"", "", "", ""},
		{",", "", "1,5", "1.5"}, {",", "", "1.234", "no"}, {",", "", "1,2.5", "no"},
		{",", ".", "1.234.567,89", "1234567.89"}, {",", ".", "-1.234", "-1234"}, {",", ".", "1234,5", "1234.5"},
		{",", ".", "12.50", "no"}, {",", ".", "1.2345", "no"}, {",", ".", "1234.567", "no"}, {",", ".", ".234", "no"}, {",", ".", "1,234.5", "no"},
		{".", ",", "1,234.5", "1234.5"}, {".", ",", "12,5", "no"}, {".", ",", "1,,234", "no"}, {".", ",", "1,23e", "no"}, {"", ",", "1.234,567", "no"},
		{",", " ", "12 345,6", "12345.6"}, {",", " ", "12 34,6", "no"}, {",", " ", "12.345", "no"},
	} {
		got, ok := numberForm{tt.decimal, tt.thousands}.plain(tt.text)
		if !ok {
			got = "no"
		}
		if got != tt.want {
			t.Errorf("decimal %q, thousands %q: %q is %q, want %q", tt.decimal, tt.thousands, tt.text, got, tt.want)
		}
	}
}

// Numbers written with groups come back as they are.
func TestGroupsComeBack(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n, cents := rapid.Int64().Draw(r, "n"), rapid.IntRange(0, 99).Draw(r, "cents")
		written := fmt.Sprintf("%s,%02d", strings.ReplaceAll(grouped(n), ",", "."), cents)
		if got, ok := (numberForm{",", "."}).plain(written); !ok || got != fmt.Sprintf("%d.%02d", n, cents) {
			r.Fatalf("%q is %q, %v", written, got, ok)
		}
	})
}

// In an import such an amount is refused, and its document with it.
func TestAmountsWithOtherSeparators(t *testing.T) {
	for form, price := range map[string]string{"decimal: ','": "1.234", "decimal: ','\nthousands: '.'": "12.50", "thousands: ','": "12,5"} {
		text := strings.ReplaceAll(head+"1,a,1,2,2025-01-01,x\n1,b,1,"+"PRICE"+",2025-01-01,x\n", ",", ";")
		report, events := mustScan(t, orders+form+"\n", strings.Replace(text, "PRICE", price, 1))
		if len(events) != 0 || report.Refused != 2 || report.Reasons["no amount in column Price"] != 1 {
			t.Errorf("%s reads %s: %v, %v", form, price, sorted(events), report.Reasons)
		}
	}
}
