package history

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"math/big"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"tidemark/schemas"
)

// Unfinished is how many lines belong to documents that were not complete when the import ended early.
func (r *Report) Unfinished() int64 { return r.Lines - r.Used - r.Ignored - r.Refused }

// Text writes the report for people. zone is that of its times.
func (r *Report) Text(w io.Writer, zone *time.Location) error {
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(tab, format+"\n", args...) }
	p("input\t%s", r.Input)
	p("into\t%s of shop %s, source %s%s", r.Family, r.Shop, r.Source, map[bool]string{true: " (not the authoritative source: stored, not counted)"}[r.Shadow])
	p("lines\t%s = %s used + %s ignored + %s refused%s", grouped(r.Lines), grouped(r.Used), grouped(r.Ignored), grouped(r.Refused), r.unfinishedText())
	if r.Events > 0 {
		p("events\t%s%s", grouped(r.Events), r.writtenText())
		p("time\t%s to %s", r.From.Time().In(zone).Format(time.DateTime), r.To.Time().In(zone).Format("2006-01-02 15:04:05 MST"))
	}
	for i := range r.Rules {
		r.Rules[i].text(p)
	}
	for _, reason := range byCount(r.Reasons) {
		p("refused\t%s lines: %s", grouped(r.Reasons[reason]), reason)
	}
	r.notes(p)
	if r.Bad != "" {
		p("refused lines\t%s (with line and reason; it may hold personal data)", r.Bad)
	}
	return tab.Flush()
}

func (r *Report) unfinishedText() string {
	if n := r.Unfinished(); n > 0 {
		return fmt.Sprintf(" + %s not finished", grouped(n))
	}
	return ""
}

func (r *Report) writtenText() string {
	if r.DryRun {
		return " (dry run: nothing is written, and what is stored already is not looked up)"
	}
	return fmt.Sprintf(" = %s written + %s already there", grouped(r.Written), grouped(r.There))
}

func (r *RuleReport) text(p func(string, ...any)) {
	if r.Ignored != "" {
		p("rule %s\t%s lines ignored: %s", r.Name, grouped(r.Lines), r.Ignored)
		return
	}
	money := ""
	for _, field := range slices.Sorted(maps.Keys(r.Money)) {
		for _, currency := range slices.Sorted(maps.Keys(r.Money[field])) {
			money += fmt.Sprintf(", %s %s %s", field, currency, decimal(r.Money[field][currency]))
		}
	}
	p("rule %s\t%s lines, %s documents, %s events%s", r.Name, grouped(r.Lines), grouped(r.Documents), grouped(r.Events), money)
}

func (r *Report) notes(p func(string, ...any)) {
	if len(r.Dropped) > 0 {
		p("not read\t%d columns: %s", len(r.Dropped), strings.Join(r.Dropped, ", "))
	}
	if r.Times > 0 {
		p("note\t%s documents have several times; the earliest is taken", grouped(r.Times))
	}
	for _, field := range byCount(r.Differ) {
		p("note\t%s documents have lines that differ in %s; the first is taken", grouped(r.Differ[field]), field)
	}
	if r.Masked > 0 {
		p("note\t%s personal values were hashed or masked", grouped(r.Masked))
	}
	if r.Twice {
		p("note\tsome local times occurred twice, as the clocks were put back; the first is taken")
	}
	if r.Rounded {
		p("note\tsome amounts have more than six decimals and were rounded")
	}
}

// byCount lists the keys, the most frequent first.
func byCount(m map[string]int64) []string {
	return slices.SortedFunc(maps.Keys(m), func(a, b string) int { return cmp.Or(cmp.Compare(m[b], m[a]), cmp.Compare(a, b)) })
}

// grouped writes a number with commas.
func grouped(n int64) string { return commas(fmt.Sprint(n)) }

func commas(digits string) string {
	sign := ""
	if rest, negative := strings.CutPrefix(digits, "-"); negative {
		sign, digits = "-", rest
	}
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return sign + digits
}

// decimal writes micro-units as an amount.
func decimal(micros *big.Int) string {
	text := new(big.Rat).SetFrac(micros, big.NewInt(schemas.MicrosPerUnit)).FloatString(6)
	whole, fraction, _ := strings.Cut(text, ".")
	fraction = strings.TrimRight(fraction, "0")
	return commas(whole) + "." + (fraction + "00")[:max(2, len(fraction))]
}
