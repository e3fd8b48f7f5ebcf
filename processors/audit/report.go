package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Kind says what was compared.
type Kind uint8

// The kinds of differences.
const (
	Unaccounted Kind = iota + 1 // an account whose columns do not add up to what was produced
	FromOthers                  // an account that says of the minute's events another number than the other groups do
	FromLog                     // the same, against Kafka's log
	RawRows                     // raw rows, erased ones included, against what land says it has landed
)

// Difference is one figure of one minute that is not what it ought to be.
type Difference struct {
	Topic         string
	Partition     int64
	Minute        int64 // milliseconds
	Group, Metric string
	Kind          Kind
	Have, Want    int64
}

// String names the place, the figures, and what to look at.
func (d Difference) String() string {
	at := time.UnixMilli(d.Minute).UTC().Format("2006-01-02 15:04")
	where := fmt.Sprintf("%s/%d at %s UTC, group %s, %s", d.Topic, d.Partition, at, d.Group, d.Metric)
	by := fmt.Sprintf("by %+d", d.Have-d.Want)
	switch d.Kind {
	case Unaccounted:
		return fmt.Sprintf("%s: produced %d, its sum %d, %s. Events left the counting by a way that nobody accounts for: a defect of the program, or a row written by hand.",
			where, d.Have, d.Want, by)
	case FromLog:
		return fmt.Sprintf("%s: produced %d, Kafka's log holds %d, %s. Look in the group's log for a commit without a position; reset its offsets and recompute if events were missed.",
			where, d.Have, d.Want, by)
	case RawRows:
		return fmt.Sprintf("%s: raw rows and erased ones are %d, landed %d, %s. Fewer: rows were deleted without a row in erasures, or retention has passed. More: somebody else wrote them.",
			where, d.Have, d.Want, by)
	default:
		return fmt.Sprintf("%s: produced %d, the others say %d, %s. Look in the group's log for a commit without a position (its minute has no account); --brokers tells who is right.",
			where, d.Have, d.Want, by)
	}
}

// Line sums up one account over the range.
type Line struct {
	Topic, Group, Metric                                          string
	Produced, Counted, Late, Duplicate, Quarantined, Skipped, Cut int64
	Difference                                                    int64 // sum of the sizes of its differences
}

// Report is what an audit has found.
type Report struct {
	From, To    time.Time
	Lines       []*Line          // by topic, group and metric
	Raw, Erased map[string]int64 // by topic
	Log         map[string]int64 // by topic, of the minutes that Kafka holds
	First       *Difference
	Differences int // how many there are

	lines map[[3]string]*Line
}

func newReport(from, to time.Time) *Report {
	return &Report{From: from, To: to, Raw: map[string]int64{}, Erased: map[string]int64{}, Log: map[string]int64{}, lines: map[[3]string]*Line{}}
}

func (r *Report) line(topic, group, metric string) *Line {
	k := [3]string{topic, group, metric}
	l := r.lines[k]
	if l == nil {
		l = &Line{Topic: topic, Group: group, Metric: metric}
		r.lines[k] = l
		r.Lines = append(r.Lines, l)
		slices.SortFunc(r.Lines, func(a, b *Line) int {
			return cmp.Or(strings.Compare(a.Topic, b.Topic), strings.Compare(a.Group, b.Group), strings.Compare(a.Metric, b.Metric))
		})
	}
	return l
}

func (r *Report) add(a *Account) {
	l := r.line(a.Topic, a.Group, a.Metric)
	l.Produced += a.Produced
	l.Counted += a.Counted
	l.Late += a.Late
	l.Duplicate += a.Duplicate
	l.Quarantined += a.Quarantined
	l.Skipped += a.Skipped
	l.Cut += a.Cut
}

func (r *Report) raw(topic string, rows, erased int64) {
	r.Raw[topic] += rows
	r.Erased[topic] += erased
}

func (r *Report) logged(topic string, n int64) { r.Log[topic] += n }

// differ notes a difference. They come in the order of time, topic and partition; within a minute of a partition those of
// single accounts come first, as they explain the others.
func (r *Report) differ(d Difference) {
	if r.First == nil {
		r.First = &d
	}
	r.Differences++
	r.line(d.Topic, d.Group, d.Metric).Difference += max(d.Have-d.Want, d.Want-d.Have)
}
