package audit

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
)

// Print writes the report as text: a table of the accounts, what raw tables and Kafka hold, and the first difference. Where nothing could be compared it returns an error.
func (r *Report) Print(w io.Writer) error {
	const layout = "2006-01-02 15:04"
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintf(w, "Minutes of append time from %s to %s UTC, as far as each group has read them.\n\n", r.From.UTC().Format(layout), r.To.UTC().Format(layout))
	_, _ = fmt.Fprintln(t, "topic\tgroup\tmetric\tproduced\tcounted\tlate\tduplicate\tquarantined\tskipped\tcut\tdifference\t")
	for _, l := range r.Lines {
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n",
			l.Topic, l.Group, l.Metric, l.Produced, l.Counted, l.Late, l.Duplicate, l.Quarantined, l.Skipped, l.Cut, l.Difference)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, topic := range slices.Sorted(maps.Keys(r.Raw)) {
		if r.Raw[topic]+r.Erased[topic] > 0 {
			_, _ = fmt.Fprintf(w, "%s: %d raw rows, %d erased\n", topic, r.Raw[topic], r.Erased[topic])
		}
	}
	for _, topic := range slices.Sorted(maps.Keys(r.Log)) {
		_, _ = fmt.Fprintf(w, "%s: Kafka holds %d events of these minutes\n", topic, r.Log[topic])
	}
	if len(r.Lines) == 0 {
		return errors.New("nothing was compared: no group has accounts of these minutes (they are kept for 90 days); choose others with --from and --to")
	}
	if r.First == nil {
		_, err := fmt.Fprintln(w, "\nNo difference.")
		return err
	}
	_, err := fmt.Fprintf(w, "\n%d differences. The first: %s\n", r.Differences, r.First)
	return err
}
