package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tidemark/schemas"
)

// columns are the places of time and value in a line, from 0.
type columns struct{ time, value int }

// findColumns reads the first line of a file, which is a header if no time stands where the time should be.
func findColumns(first []string, timestamp, value string, zone *time.Location) (*columns, bool, error) {
	if len(first) < 2 {
		return nil, false, errors.New("line 1: one column, but a time and a number are needed; are they separated by comma, semicolon or tab?")
	}
	c := &columns{time: named(first, "timestamp", "time", "datetime", "date", "ts", "ds", "at")}
	var err error
	if timestamp != "" {
		if c.time, err = chosen(first, "--timestamp", timestamp); err != nil {
			return nil, false, err
		}
	}
	c.time = max(c.time, 0)
	if value != "" {
		if c.value, err = chosen(first, "--value", value); err != nil {
			return nil, false, err
		}
	} else if c.value = named(first, "value", "values", "y", "count"); c.value < 0 {
		c.value = 0
		if c.time == 0 {
			c.value = 1
		}
	}
	if c.time == c.value {
		return nil, false, usagef("time and value cannot both be column %d; name others with --timestamp and --value", c.time+1)
	}
	_, notTime := parseTime(strings.TrimSpace(first[c.time]), zone)
	_, notNumber := strconv.ParseFloat(strings.TrimSpace(first[c.value]), 64)
	return c, notTime != nil && notNumber != nil, nil
}

// names are what the columns are called in the first line if that is a header, else their numbers.
func (c *columns) names(first []string, header bool) (timestamp, value string) {
	if header {
		return strings.TrimSpace(first[c.time]), strings.TrimSpace(first[c.value])
	}
	return strconv.Itoa(c.time + 1), strconv.Itoa(c.value + 1)
}

// named is the first column with one of the names, the first name first; -1 for none.
func named(header []string, names ...string) int {
	for _, name := range names {
		if i := slices.IndexFunc(header, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), name) }); i >= 0 {
			return i
		}
	}
	return -1
}

// chosen is the column that a flag names.
func chosen(header []string, flag, name string) (int, error) {
	if i := named(header, name); i >= 0 {
		return i, nil
	}
	if n, err := strconv.Atoi(name); err == nil && n >= 1 && n <= len(header) {
		return n - 1, nil
	}
	return 0, usagef("%s: no column %q; the first line has %s", flag, name, strings.Join(header, ", "))
}

// timeLayouts are the forms of times that are read, beside numbers since 1970.
func timeLayouts() []string {
	return []string{
		time.DateTime, time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04", "2006-01-02T15:04",
		time.DateOnly, "2006/01/02 15:04:05", "2006/01/02 15:04",
	}
}

// parseTime reads a time; one without a zone is in the given one. A number is seconds, milliseconds, microseconds or
// nanoseconds since 1970, by its size.
func parseTime(text string, zone *time.Location) (schemas.Millis, error) {
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		for _, perMilli := range []float64{1e-3, 1, 1e3, 1e6} {
			if ms := n / perMilli; ms > -1e13 && ms < 1e13 {
				return schemas.Millis(ms), nil
			}
		}
	}
	for _, layout := range timeLayouts() {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return schemas.MillisOf(t), nil
		}
	}
	return 0, fmt.Errorf("%q is not a time; use RFC 3339, 2006-01-02 15:04:05, or seconds or milliseconds since 1970", text)
}
