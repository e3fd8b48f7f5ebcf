package preview

import (
	"fmt"
	"strings"
)

// unit is how values of a field are written.
type unit struct {
	Unit
	grouped bool // thousands are set apart
	scaled  bool // large numbers are written in thousands or millions
	moment  string
}

// What a unit's moment may be: the value is a time in epoch milliseconds.
const (
	fromNow  = "from now"
	dateTime = "date and time"
)

// parseUnit reads Grafana's name of a unit.
func parseUnit(name string) (unit, error) {
	number := func(u Unit) unit {
		u.Kind, u.Decimals = "number", -1
		return unit{Unit: u, grouped: true}
	}
	kind := func(k string) unit { return unit{Unit: Unit{Kind: k, Decimals: -1}, grouped: true} }
	switch name {
	case "", "none":
		u := number(Unit{})
		u.grouped = false
		return u, nil
	case "locale", "string":
		return number(Unit{}), nil
	case "short":
		u := number(Unit{})
		u.scaled = true
		return u, nil
	case "percentunit":
		return kind("percent"), nil
	case "percent":
		return number(Unit{Suffix: "%"}), nil
	case "ms":
		return kind("duration_ms"), nil
	case "s", "dthms", "dtdurations":
		return kind("duration_s"), nil
	case "dateTimeFromNow":
		u := number(Unit{})
		u.moment = fromNow
		return u, nil
	case "dateTimeAsIso", "dateTimeAsLocal":
		u := number(Unit{})
		u.moment = dateTime
		return u, nil
	}
	return parseAffix(name, number, kind)
}

// parseAffix reads units that carry their own sign, such as suffix:x or currency:¥.
func parseAffix(name string, number func(Unit) unit, kind func(string) unit) (unit, error) {
	if sign, ok := strings.CutPrefix(name, "currency:financial:"); ok {
		u := kind("currency")
		u.Prefix = strings.TrimSuffix(sign, ":")
		if rest, ok := strings.CutSuffix(sign, ":suffix"); ok {
			u.Prefix, u.Suffix = "", rest
		}
		return u, nil
	}
	if sign, ok := strings.CutPrefix(name, "currency:"); ok {
		u := kind("currency")
		u.Prefix, u.scaled = sign, true
		return u, nil
	}
	if sign, ok := strings.CutPrefix(name, "suffix:"); ok {
		return number(Unit{Suffix: sign}), nil
	}
	if sign, ok := strings.CutPrefix(name, "prefix:"); ok {
		return number(Unit{Prefix: sign}), nil
	}
	return unit{}, fmt.Errorf("unit %q", name)
}
