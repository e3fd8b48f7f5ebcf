// Package agg holds the aggregates, one small file each: values that take one sample at a time and merge with another
// of their kind. It is pure and uses the standard library only.
package agg
