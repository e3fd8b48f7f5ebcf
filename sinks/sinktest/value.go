package sinktest

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"tidemark/schemas"
)

// element takes one value out of a column of a block.
func element(column any, row int) any { return reflect.ValueOf(column).Index(row).Interface() }

// text is a form in which values are equal iff they are the same value, whatever Go type holds them: integers of all
// widths, money narrow or wide, slices nil or empty.
func text(v any) string {
	switch v := v.(type) {
	case float64:
		if math.IsNaN(v) {
			return "NaN" // the bits of a NaN carry nothing
		}
		return fmt.Sprintf("%x", math.Float64bits(v))
	case schemas.Money:
		return schemas.DecimalOf(v).String()
	case schemas.Decimal:
		return v.String()
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.String:
		return fmt.Sprintf("%q", r.String())
	case reflect.Slice:
		return "[" + strings.Join(fill(r.Len(), func(i int) string { return text(r.Index(i).Interface()) }), " ") + "]"
	case reflect.Map:
		var entries []string
		for it := r.MapRange(); it.Next(); {
			entries = append(entries, fmt.Sprintf("%v=%v", it.Key(), it.Value()))
		}
		slices.Sort(entries)
		return "{" + strings.Join(entries, " ") + "}"
	default:
		return fmt.Sprint(v)
	}
}
