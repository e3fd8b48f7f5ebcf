package alerts

import (
	"context"
	"time"

	"tidemark/schemas"
)

// History is all that the evaluator knows of the world. Its functions are called one after the other, never at once.
type History struct {
	Complete CompleteFunc
	Series   SeriesFunc
	Windows  WindowsFunc
	Readings ReadingsFunc
	// Zone is the time zone of a shop's business day; nil stands for UTC, as for a shop that has left the shops file.
	Zone func(shop string) *time.Location
}

// CompleteFunc tells up to when the windows of the rule's metric are complete: every window that ends at or before it
// is final, and its rows can be read by a query that starts now. 0 stands for not known yet: the rule is not judged.
type CompleteFunc func(ctx context.Context, r *Rule) (schemas.Millis, error)

// SeriesFunc lists the series of the rule that had any row in a window that begins in the stretch, in any order, each
// with its first and its last such window. It is called at the start and after a long stop, for seven weeks.
type SeriesFunc func(ctx context.Context, r *Rule, in Stretch) ([]Life, error)

// WindowsFunc yields the windows of all series of the rule that begin in one of the stretches, ordered by key, then by
// start, each window once: Rule.Num and Rule.Den summed over every dimension that is not in Rule.Dims, newest version
// of each row. Windows in which nothing happened may be missing. Windows that are not complete are yielded too, with
// Point.Open; one before CompleteFunc's time that is still Open was not seen from its begin, and is not judged. The
// stretches ascend and do not overlap.
type WindowsFunc func(ctx context.Context, r *Rule, in []Stretch, yield func(Key, Point)) error

// ReadingsFunc yields stored readings of the rule that are not Open, ordered by key, then by start: of each series the
// newest ones that match the query. Fields read: Key, Start, Tier. It is called twice per rule, at the start and after a
// long stop.
type ReadingsFunc func(ctx context.Context, r *Rule, q Newest, yield func(Reading)) error

// Stretch is a piece of time: it begins at From and ends before To.
type Stretch struct{ From, To schemas.Millis }

// Life is when a series was first and last seen: starts of windows.
type Life struct {
	Key         Key
	First, Last schemas.Millis
}

// Newest selects, of each series, the last PerSeries readings with windows at or after Since; only green ones if Green.
type Newest struct {
	Since     schemas.Millis
	PerSeries int
	Green     bool
}
