package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"tidemark/alerts"
)

// lines prints judged points in one format. What cannot be written shows when the writer is flushed.
type lines struct {
	head  func(io.Writer)
	point func(w io.Writer, timestamp string, r *alerts.Reading)
}

var csvLine = lines{
	head: func(w io.Writer) {
		_, _ = fmt.Fprintln(w, "timestamp,value,expected,yellow_low,yellow_high,orange_low,orange_high,score,sigma,tier,basis")
	},
	point: func(w io.Writer, timestamp string, r *alerts.Reading) {
		fields := []string{quoted(timestamp)}
		for _, v := range []float64{r.Actual, r.Expected, r.YellowLow, r.YellowHigh, r.OrangeLow, r.OrangeHigh} {
			fields = append(fields, number(v))
		}
		fields = append(fields, strconv.FormatFloat(r.Score, 'f', 6, 64), strconv.FormatFloat(r.Sigma, 'f', 4, 64), r.Tier.String(), string(r.Basis))
		_, _ = fmt.Fprintln(w, strings.Join(fields, ","))
	},
}

var tableLine = lines{
	head: func(w io.Writer) {
		_, _ = fmt.Fprintf(w, "%-25s %12s %12s %25s %25s %6s %7s %-6s %s\n", "TIME", "VALUE", "EXPECTED", "YELLOW", "ORANGE", "SCORE", "SIGMA", "TIER", "BASIS")
	},
	point: func(w io.Writer, timestamp string, r *alerts.Reading) {
		_, _ = fmt.Fprintf(w, "%-25s %12.6g %12.6g %25s %25s %6.3f %7.2f %-6s %s\n", timestamp, r.Actual, r.Expected,
			band(r.YellowLow, r.YellowHigh), band(r.OrangeLow, r.OrangeHigh), r.Score, r.Sigma, r.Tier, r.Basis)
	},
}

// number prints a value so that it reads back as the same; nothing for none.
func number(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// band prints two limits; - stands for none.
func band(low, high float64) string {
	one := func(v float64) string {
		if math.IsNaN(v) {
			return "-"
		}
		return strconv.FormatFloat(v, 'g', 6, 64)
	}
	return one(low) + " .. " + one(high)
}

// quoted keeps a time as it was written, safe in a CSV line.
func quoted(s string) string {
	if strings.ContainsAny(s, ",\"\n\r") {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}
