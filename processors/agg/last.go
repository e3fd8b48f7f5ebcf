package agg

// Last is the value of the latest sample by (event time, offset). The zero value has none: At is 0.
type Last struct {
	V   int64
	At  int64 // event time, milliseconds
	Off int64
}

// Add takes one sample.
func (l *Last) Add(v, at, off int64) { l.Merge(Last{v, at, off}) }

// Merge keeps the later of two samples.
func (l *Last) Merge(o Last) {
	if o.At > l.At || o.At == l.At && o.Off >= l.Off {
		*l = o
	}
}
