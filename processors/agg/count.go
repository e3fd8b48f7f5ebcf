package agg

// Count is a number of events.
type Count struct{ N int64 }

// Add counts one event.
func (c *Count) Add() { c.N++ }

// Merge adds another count.
func (c *Count) Merge(o Count) { c.N += o.N }
