package preview

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of what one request may choose.
const (
	mostValues   = 200
	longestValue = 200 // bytes
	widest       = 20_000
)

// ask is what a viewer wants to see: RANGE in the package's list of addresses.
type ask struct {
	span
	width  int
	zone   *time.Location
	values url.Values // of the variables, as they came
}

// parseAsk reads the parameters of a request. Everything that it refuses is the viewer's mistake.
func parseAsk(b *board, q url.Values, now time.Time, usual *time.Location) (*ask, error) {
	a := &ask{values: url.Values{}, zone: usual}
	if b.zone != nil {
		a.zone = b.zone
	} else if name := q.Get("tz"); name != "" {
		zone, err := time.LoadLocation(name)
		if err != nil || len(name) > 60 {
			return nil, fmt.Errorf("tz: %.60q is not the name of a time zone", name)
		}
		a.zone = zone
	}
	var err error
	if a.span, err = parseSpan(cmp.Or(q.Get("from"), b.From), cmp.Or(q.Get("to"), b.To), now, a.zone); err != nil {
		return nil, err
	}
	if w := q.Get("width"); w != "" {
		if a.width, err = strconv.Atoi(w); err != nil || a.width < 1 || a.width > widest {
			return nil, fmt.Errorf("width: %.20q is not a number of pixels", w)
		}
	}
	return a, a.readValues(b, q)
}

func (a *ask) readValues(b *board, q url.Values) error {
	for _, v := range b.variables {
		given := slices.Compact(slices.Sorted(slices.Values(q["var-"+v.Name])))
		if len(given) == 0 {
			continue
		}
		if err := v.accepts(given); err != nil {
			return fmt.Errorf("var-%s: %w", v.Name, err)
		}
		a.values[v.Name] = given
	}
	return nil
}

// accepts reports values that the variable cannot hold. Options of a query change with the range, so an unknown value
// of those is taken: it is quoted, and matches no row.
func (v *variable) accepts(given []string) error {
	switch {
	case !v.Multi && len(given) > 1:
		return errors.New("only one value can be chosen")
	case len(given) > mostValues:
		return fmt.Errorf("%d values, at most %d can be chosen", len(given), mostValues)
	case slices.Contains(given, allValue) && (!v.IncludeAll || len(given) > 1):
		return errors.New("all cannot be chosen, or not beside others")
	}
	for _, s := range given {
		if len(s) > longestValue || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }) {
			return errors.New("a value is too long or not plain text")
		}
		isOption := func(o Option) bool { return o.Value == s }
		if v.sql == "" && s != allValue && !slices.ContainsFunc(v.fixed, isOption) {
			return fmt.Errorf("%q is none of its values", s)
		}
	}
	return nil
}
