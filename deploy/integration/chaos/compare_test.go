package chaos

import (
	"slices"
	"testing"
)

func TestDiff(t *testing.T) {
	want := Tables{"t": {"1 a": {"5", "6"}, "2 a": {"7", "8"}, "3 a": {"9", "0"}}}
	tests := []struct {
		name      string
		got       Tables
		wantRows  int
		wantLines []string
	}{
		{name: "equal", got: Tables{
			"t": {"1 a": {"5", "6"}, "2 a": {"7", "8"}, "3 a": {"9", "0"}}, "ignored": {"x": {"1"}}}},
		{name: "cell", got: Tables{"t": {"1 a": {"5", "6"}, "2 a": {"7", "9"}, "3 a": {"9", "0"}}}, wantRows: 1,
			wantLines: []string{"t[2 a]: got (7, 9), want (7, 8)"}},
		{name: "missing and extra", got: Tables{"t": {"1 a": {"5", "6"}, "2 a": {"7", "8"}, "4 a": {"1", "1"}}}, wantRows: 2,
			wantLines: []string{"t[3 a]: got no row, want (9, 0)", "t[4 a]: got (1, 1), want no row"}},
		{name: "no table", got: nil, wantRows: 3, wantLines: []string{
			"t[1 a]: got no row, want (5, 6)", "t[2 a]: got no row, want (7, 8)"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lines, rows := Diff(tt.got, want, 2)
			if rows != tt.wantRows || !slices.Equal(lines, tt.wantLines) {
				t.Errorf("%d rows %q, want %d %q", rows, lines, tt.wantRows, tt.wantLines)
			}
		})
	}
}
