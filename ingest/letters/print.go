package letters

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"tidemark/schemas"
)

// Table prints a line for each letter.
func (b *Box) Table(w io.Writer) error {
	if len(b.Items) == 0 {
		return b.none(w)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row(t, "RECEIVED", "KEY", "KIND", "SOURCE", "SHOP", "REASON", "SIZE", "REPLAYED")
	for _, i := range b.Items {
		row(t, clock(i.ReceivedAt), i.Key, string(i.Kind), strings.Join(i.Sources, ","), dash(i.Shop), i.Reason, fmt.Sprint(i.Size), i.replayed())
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return b.strays(w)
}

// none says why nothing is printed.
func (b *Box) none(w io.Writer) error {
	if b.Records == 0 {
		_, err := fmt.Fprintf(w, "no dead letters: %s is empty, or was not written to in that time\n", schemas.DeadLetterTopic)
		return err
	}
	if _, err := fmt.Fprintf(w, "none of the %d records of %s matches\n", b.Records, schemas.DeadLetterTopic); err != nil {
		return err
	}
	return b.strays(w)
}

func (b *Box) strays(w io.Writer) error {
	if b.Unreadable == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "records of the topic that are no letters: %d\n", b.Unreadable)
	return err
}

// Counts prints how many letters there are of each kind, source and shop, the most first.
func (b *Box) Counts(w io.Writer) error {
	if len(b.Items) == 0 {
		return b.none(w)
	}
	type group struct{ kind, source, shop string }
	counts, replayed := map[group]int{}, map[group]int{}
	var groups []group
	for _, i := range b.Items {
		g := group{string(i.Kind), strings.Join(i.Sources, ","), i.Shop}
		if counts[g]++; counts[g] == 1 {
			groups = append(groups, g)
		}
		if !i.Replayed.IsZero() {
			replayed[g]++
		}
	}
	slices.SortFunc(groups, func(a, b group) int {
		return cmp.Or(counts[b]-counts[a], strings.Compare(a.kind, b.kind), strings.Compare(a.source, b.source), strings.Compare(a.shop, b.shop))
	})
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row(t, "LETTERS", "REPLAYED", "KIND", "SOURCE", "SHOP")
	for _, g := range groups {
		row(t, fmt.Sprint(counts[g]), fmt.Sprint(replayed[g]), g.kind, g.source, dash(g.shop))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return b.strays(w)
}

// Show prints everything of the letters.
func (b *Box) Show(ctx context.Context, w io.Writer) error {
	return b.Each(ctx, func(i *Item) error { return i.show(w) })
}

func (i *Item) show(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range [][2]string{
		{"key", i.Key}, {"kind", string(i.Kind)}, {"reason", i.Reason}, {"source", strings.Join(i.Sources, ",")}, {"route", i.Route}, {"shop", i.Shop},
		{"secret key", fmt.Sprint(i.Secret)}, {"received", clock(i.ReceivedAt)}, {"sent", i.SentAt}, {"user agent", i.Agent},
		{"found at", i.found()}, {"record key", i.RecordKey}, {"size", fmt.Sprint(i.Size)}, {"whole", fmt.Sprint(!i.Partial)}, {"replayed", i.replayed()},
		{"context", i.Context},
	} {
		if f[1] != "" {
			row(t, f[0], f[1])
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s\n", pretty(i.Payload))
	return err
}

func (i *Item) found() string {
	if i.Topic == "" || i.Partition == nil || i.Offset == nil {
		return i.Topic
	}
	return fmt.Sprintf("%s/%d@%d", i.Topic, *i.Partition, *i.Offset)
}

func (i *Item) replayed() string {
	if i.Replayed.IsZero() {
		return "-"
	}
	return i.Replayed.UTC().Format(time.RFC3339)
}

// pretty indents a payload that is JSON, and leaves any other as it is.
func pretty(payload string) string {
	v := jsontext.Value(payload)
	if v.Indent(jsontext.WithIndent("  ")) != nil {
		return safe(payload, true)
	}
	return safe(string(v), true)
}

func row(w io.Writer, cells ...string) {
	for n := range cells {
		cells[n] = safe(cells[n], false)
	}
	_, _ = fmt.Fprintln(w, strings.Join(cells, "\t")) // a tabwriter tells its errors at the Flush
}

func clock(t schemas.Millis) string {
	return time.UnixMilli(int64(t)).UTC().Format("2006-01-02T15:04:05.000Z")
}

func dash(s string) string { return cmp.Or(s, "-") }
