package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tidemark/schemas"
)

// seriesText writes five days of a five-minute series with one dip, in any form of line.
func seriesText(header string, line func(at time.Time, v float64) string) string {
	var b strings.Builder
	b.WriteString(header)
	begin := time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)
	for i := range 5 * 288 {
		v := 100 + 20*math.Sin(float64(i)/288*2*math.Pi) + float64(i*7919%11)
		if i == 1300 {
			v = 5
		}
		b.WriteString(line(begin.Add(time.Duration(i)*5*time.Minute), math.Round(v)))
	}
	return b.String()
}

func seriesAt(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "series.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestAlertTestReads gives the same series in many forms: each is judged alike, with the dip found.
func TestAlertTestReads(t *testing.T) {
	plain := func(layout string) func(time.Time, float64) string {
		return func(at time.Time, v float64) string { return fmt.Sprintf("%s,%g\n", at.Format(layout), v) }
	}
	epoch := func(per int64) func(time.Time, float64) string {
		return func(at time.Time, v float64) string { return fmt.Sprintf("%d,%g\n", at.UnixMilli()*per/1000, v) }
	}
	tests := []struct {
		name, text string
		args       []string
		value      string // the column that the summary names
	}{
		{"date and time", seriesText("timestamp,value\n", plain(time.DateTime)), nil, "value"},
		{"no header", seriesText("", plain(time.DateTime)), nil, "2"},
		{"RFC 3339", seriesText("timestamp,value\n", plain(time.RFC3339)), nil, "value"},
		{"without seconds, byte order mark, CRLF", strings.ReplaceAll(seriesText("\ufefftime,value\n", plain("2006-01-02 15:04")), "\n", "\r\n"), nil, "value"},
		{"seconds", seriesText("ts,y\n", epoch(1)), nil, "y"},
		{"milliseconds, no header", seriesText("", epoch(1000)), nil, "2"},
		{"semicolons, other columns first", seriesText("shop;orders;when\n", func(at time.Time, v float64) string {
			return fmt.Sprintf("berlin;%g;%s\n", v, at.Format(time.DateTime))
		}), []string{"--timestamp", "when", "--value", "orders"}, "orders"},
		{"columns by number", seriesText("", func(at time.Time, v float64) string {
			return fmt.Sprintf("x,%g,%s\n", v, at.Format(time.DateTime))
		}), []string{"--timestamp", "3", "--value", "2"}, "2"},
		{"tabs, value named first", seriesText("value\ttimestamp\n", func(at time.Time, v float64) string {
			return fmt.Sprintf("%g\t%s\n", v, at.Format(time.RFC3339Nano))
		}), nil, "value"},
	}
	for _, test := range tests {
		code, out, errs := call(t, append([]string{"alert", "test", "--series", seriesAt(t, test.text)}, test.args...)...)
		rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		if code != exitOK || err != nil || len(rows) != 5*288+1 {
			t.Errorf("%s: exit %d, %d lines, %v, %s", test.name, code, len(rows), err, errs)
			continue
		}
		if got := strings.Join(rows[0], ","); got != "timestamp,value,expected,yellow_low,yellow_high,orange_low,orange_high,score,sigma,tier,basis" {
			t.Errorf("%s: header %s", test.name, got)
		}
		dip := rows[1301]
		if score, _ := strconv.ParseFloat(dip[7], 64); score < 0.5 || score > 1 || dip[9] == "green" || dip[1] != "5" {
			t.Errorf("%s: the dip is %v", test.name, dip)
		}
		for i, row := range rows[400:1300] {
			if row[9] != "green" {
				t.Errorf("%s: line %d is %v", test.name, i+400, row)
			}
		}
		var summary struct {
			Points      int
			Interval    string
			Alerts      int
			ValueColumn string `json:"value_column"`
		}
		if err := json.Unmarshal([]byte(errs), &summary); err != nil || summary.Points != 5*288 || summary.Interval != "5m0s" || summary.Alerts != 1 || summary.ValueColumn != test.value {
			t.Errorf("%s: summary %s", test.name, errs)
		}
	}
}

func TestAlertTestTable(t *testing.T) {
	path := seriesAt(t, seriesText("timestamp,value\n", func(at time.Time, v float64) string {
		return fmt.Sprintf("%s,%g\n", at.Format(time.DateTime), v)
	}))
	code, out, errs := call(t, "alert", "test", "--series", path, "--out", "table", "--direction", "rises", "--kind", "value", "--zone", "Asia/Shanghai")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != exitOK || len(lines) != 5*288+1 || !strings.HasPrefix(lines[0], "TIME") || !strings.Contains(lines[1], "- .. -") {
		t.Fatalf("exit %d, %d lines, %s", code, len(lines), errs)
	}
	if dip := lines[1301]; strings.Contains(dip, "orange") || strings.Contains(dip, "yellow") {
		t.Errorf("only rises are bad, and yet %s", dip)
	}
}

// TestAlertTestGaps leaves out lines and values: what is left is judged as it stands, and the summary says what is missing.
func TestAlertTestGaps(t *testing.T) {
	i := 0
	path := seriesAt(t, seriesText("timestamp,value\n", func(at time.Time, v float64) string {
		switch i++; {
		case i > 600 && i < 700:
			return ""
		case i%100 == 0:
			return at.Format(time.DateTime) + ",\n"
		case i == 750:
			at = at.Add(-time.Hour)
		}
		return fmt.Sprintf("%s,%g\n", at.Format(time.DateTime), v)
	}))
	code, out, errs := call(t, "alert", "test", "--series", path)
	if n := strings.Count(out, "\n"); code != exitOK || n != 1+5*288-99-14 {
		t.Errorf("exit %d, %d lines: %s", code, n, errs)
	}
	if !strings.Contains(errs, `"without_value":14`) || !strings.Contains(errs, `"out_of_order":1`) {
		t.Errorf("summary %s", errs)
	}
}

func TestAlertTestRefuses(t *testing.T) {
	good := "timestamp,value\n2026-05-04 00:00:00,1\n2026-05-04 00:05:00,2\n"
	tests := []struct {
		name, text string
		args       []string
		code       int
		want       []string
	}{
		{"bad lines", good + "2026-05-04 00:10:00,abc\nyesterday,3\n2026-05-04 00:15:00\n", nil, exitFailure, []string{"line 4", "abc", "line 5", "yesterday", "line 6", "1 columns"}},
		{"many bad lines", good + strings.Repeat("x,y\n", 50), nil, exitFailure, []string{"line 4", "line 8"}},
		{"infinite", good + "2026-05-04 00:10:00,inf\n", nil, exitFailure, []string{"line 4", "too large"}},
		{"huge", good + "2026-05-04 00:10:00,-1e300\n2026-05-04 00:15:00,1e999\n", nil, exitFailure, []string{"line 4", "line 5", "too large"}},
		{"decimal comma", "time;value\n2026-05-04 00:00:00;1,5\n", nil, exitFailure, []string{"line 2", "1234.5"}},
		{"newest first", "timestamp,value\n2026-05-04 00:05:00,1\n2026-05-04 00:00:00,2\n", nil, exitFailure, []string{"oldest first"}},
		{"a column that is no time", "0001-01-01,1\n9999-12-31,2\n", nil, exitFailure, []string{"a year apart", "--timestamp"}},
		{"broken quotes", good + "\"2026-05-04,1\n", nil, exitFailure, []string{"line 4"}},
		{"empty", "", nil, exitFailure, []string{"no points"}},
		{"header only", "timestamp,value\n", nil, exitFailure, []string{"no points"}},
		{"one column", "value\n1\n2\n", nil, exitFailure, []string{"a time and a number"}},
		{"one point", "timestamp,value\n2026-05-04 00:00:00,1\n", nil, exitFailure, []string{"at least two"}},
		{"time stands still", strings.Repeat("2026-05-04 00:00:00,1\n", 9), nil, exitFailure, []string{"none of 9 points"}},
		{"no such column", good, []string{"--value", "orders"}, exitUsage, []string{"--value", "timestamp, value"}},
		{"one column twice", good, []string{"--value", "timestamp"}, exitUsage, []string{"--timestamp and --value"}},
		{"no such zone", good, []string{"--zone", "Mars"}, exitUsage, []string{"Europe/Berlin"}},
		{"no such direction", good, []string{"--direction", "sideways"}, exitUsage, []string{"moves"}},
	}
	for _, test := range tests {
		code, out, errs := call(t, append([]string{"alert", "test", "--series", seriesAt(t, test.text)}, test.args...)...)
		if code != test.code || out != "" || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: exit %d, printed %q, %s", test.name, code, out, errs)
		}
		for _, want := range test.want {
			if !strings.Contains(errs, want) {
				t.Errorf("%s: %q is not in %s", test.name, want, errs)
			}
		}
	}
	if code, _, errs := call(t, "alert", "test", "--series", filepath.Join(t.TempDir(), "absent.csv")); code != exitUsage || !strings.Contains(errs, "absent.csv") {
		t.Errorf("no such file: exit %d, %s", code, errs)
	}
}

func TestParseTime(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	want := schemas.MillisOf(time.Date(2026, 5, 4, 10, 30, 0, 0, time.UTC))
	for _, text := range []string{
		"2026-05-04T10:30:00Z", "2026-05-04T12:30:00+02:00", "2026-05-04 12:30:00", "2026-05-04 12:30:00.000000", "2026-05-04T12:30:00", "2026-05-04 12:30",
		"2026-05-04 10:30:00Z", "2026/05/04 12:30:00", "1777890600", "1777890600.0", "1777890600000", "1777890600000000", "1777890600000000000",
	} {
		if got, err := parseTime(text, berlin); err != nil || got != want {
			t.Errorf("%s is %s, %v, want %s", text, got, err, want)
		}
	}
	if _, err := parseTime("", berlin); err == nil {
		t.Error("nothing is a time")
	}
}

func TestNumbersReadBack(t *testing.T) {
	for _, v := range []float64{0, -1.5, 1e21, 73.96732207, math.Pi} {
		if got, err := strconv.ParseFloat(number(v), 64); err != nil || got != v {
			t.Errorf("%v is printed as %s", v, number(v))
		}
	}
	if number(math.NaN()) != "" {
		t.Error("no number is printed as something")
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write([]string{`a,"b"`})
	w.Flush()
	if got := quoted(`a,"b"`); got != strings.TrimSpace(b.String()) {
		t.Errorf("quoted as %s, want %s", got, b.String())
	}
}
