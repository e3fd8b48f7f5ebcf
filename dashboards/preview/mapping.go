package preview

import (
	"regexp"
	"strconv"
)

// mapping gives some values a text and a colour of their own.
type mapping struct {
	matches func(v any) bool
	text    string
	color   string
}

// valueMapping matches one value, written as boards write it.
func valueMapping(want, text, color string) mapping {
	return mapping{func(v any) bool {
		s, ok := mappedText(v)
		return ok && s == want
	}, text, color}
}

// rangeMapping matches numbers between two limits, both included; a missing one is open.
func rangeMapping(from, to *float64, text, color string) mapping {
	return mapping{func(v any) bool {
		n, ok := v.(float64)
		return ok && (from == nil || n >= *from) && (to == nil || n <= *to)
	}, text, color}
}

func regexMapping(re *regexp.Regexp, text, color string) mapping {
	return mapping{func(v any) bool {
		s, ok := mappedText(v)
		return ok && re.MatchString(s)
	}, text, color}
}

// specialMapping matches what is no value. NaN arrives as NULL.
func specialMapping(match, text, color string) (mapping, bool) {
	of := map[string]func(v any) bool{
		"null":     func(v any) bool { return v == nil },
		"nan":      func(v any) bool { return v == nil },
		"null+nan": func(v any) bool { return v == nil },
		"empty":    func(v any) bool { return v == "" },
		"true":     func(v any) bool { return v == true },
		"false":    func(v any) bool { return v == false },
	}
	m, ok := of[match]
	return mapping{m, text, color}, ok
}

// mappedText is how a value is written in a mapping.
func mappedText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	}
	return "", false
}

// mapped finds the mapping of a value.
func (c *fieldConfig) mapped(v any) (mapping, bool) {
	for _, m := range c.mappings {
		if m.matches(v) {
			return m, true
		}
	}
	return mapping{}, false
}
