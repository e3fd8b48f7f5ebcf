package agg

import "math"

// NoMin and NoMax stand for "no value yet"; they are neutral when stored values are merged by min and max.
const (
	NoMin = math.MaxInt64
	NoMax = math.MinInt64
)

// Min is the smallest value seen. Start it at NoMin.
type Min struct{ V int64 }

// Add takes one value.
func (m *Min) Add(v int64) { m.V = min(m.V, v) }

// Merge takes another minimum.
func (m *Min) Merge(o Min) { m.Add(o.V) }

// Max is the largest value seen. Start it at NoMax.
type Max struct{ V int64 }

// Add takes one value.
func (m *Max) Add(v int64) { m.V = max(m.V, v) }

// Merge takes another maximum.
func (m *Max) Merge(o Max) { m.Add(o.V) }
