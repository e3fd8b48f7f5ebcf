package history

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tidemark/schemas"
)

// timeForm reads times of one form. The zero form takes RFC 3339, and dates with or without a time of day.
type timeForm struct {
	layout string // for package time; empty: any of the usual ones
	unit   int64  // of numbers since 1970: how many are a millisecond's worth, negative for seconds
	zoned  bool   // whether the layout names a zone
	days   int    // calendar days added to what is read
}

// usual are the layouts tried where no format is given. RFC 3339 comes first, read by schemas.ParseTime.
var usual = []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02"}

var directives = map[byte]string{
	'Y': "2006", 'y': "06", 'm': "01", 'd': "02", 'e': "_2", 'H': "15", 'I': "03", 'M': "04", 'S': "05", 'p': "PM",
	'b': "Jan", 'B': "January", 'a': "Mon", 'A': "Monday", 'z': "-0700", 'Z': "MST", 'f': "999999999", '%': "%",
}

// newTimeForm reads a format such as %d.%m.%Y %H:%M.
func newTimeForm(format string) (timeForm, error) {
	switch format {
	case "":
		return timeForm{}, nil
	case "unix":
		return timeForm{unit: 1000}, nil
	case "unix_ms":
		return timeForm{unit: 1}, nil
	}
	if !strings.Contains(format, "%") {
		return timeForm{}, fmt.Errorf("format %q: write it like %%Y-%%m-%%d %%H:%%M:%%S (as strftime does), or unix, or unix_ms", format)
	}
	var b strings.Builder
	zoned := false
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		i++
		if i == len(format) || directives[format[i]] == "" {
			return timeForm{}, fmt.Errorf("format %q: %%%s is not known; there are %%Y %%y %%m %%d %%e %%H %%I %%M %%S %%f %%p %%b %%B %%a %%A %%z %%%%", format, format[i:min(i+1, len(format))])
		}
		if format[i] == 'Z' {
			return timeForm{}, fmt.Errorf("format %q: %%Z names zones by letters, which several share; use %%z and offsets, or set zone", format)
		}
		zoned = zoned || format[i] == 'z'
		b.WriteString(directives[format[i]])
	}
	return timeForm{layout: b.String(), zoned: zoned}, nil
}

var (
	errTime    = errors.New("no time of the form expected")
	errNoClock = errors.New("a time that the clocks left out when they were put forward")
)

// parse reads a time; zone is for those that name none. Of a time that the clocks showed twice, the first is taken, and
// twice is true.
func (f timeForm) parse(text string, zone *time.Location) (at schemas.Millis, twice bool, err error) {
	switch {
	case f.unit != 0:
		return f.number(text)
	case f.layout != "":
		return inZone(f.layout, text, zone, f.zoned)
	}
	if at, err := schemas.ParseTime(text); err == nil {
		return at, false, nil
	}
	for _, layout := range usual {
		if at, twice, err = inZone(layout, text, zone, false); !errors.Is(err, errTime) {
			return at, twice, err
		}
	}
	return 0, false, errTime
}

func (f timeForm) number(text string) (schemas.Millis, bool, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n < 0 || n > 1<<48 {
		return 0, false, errTime
	}
	n *= f.unit
	if f.unit == 1000 && fraction != "" {
		ms, err := strconv.Atoi((fraction + "00")[:3])
		if err != nil {
			return 0, false, errTime
		}
		n += int64(ms)
	}
	return schemas.Millis(n), false, nil
}

func inZone(layout, text string, zone *time.Location, zoned bool) (schemas.Millis, bool, error) {
	t, err := time.ParseInLocation(layout, text, zone)
	if err != nil {
		return 0, false, errTime
	}
	if zoned {
		return schemas.MillisOf(t), false, nil
	}
	// A local time that does not exist is moved by package time; its wall clock then differs from what was read.
	asked, err := time.Parse(layout, text)
	if err != nil {
		return 0, false, errTime
	}
	if wall(t) != wall(asked) {
		return 0, false, errNoClock
	}
	for _, d := range []time.Duration{-2 * time.Hour, -time.Hour, -30 * time.Minute} {
		if earlier := t.Add(d); wall(earlier) == wall(asked) {
			return schemas.MillisOf(earlier), true, nil
		}
	}
	for _, d := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour} {
		if wall(t.Add(d)) == wall(asked) {
			return schemas.MillisOf(t), true, nil
		}
	}
	return schemas.MillisOf(t), false, nil
}

// wall is what the clock shows, as a time in UTC.
func wall(t time.Time) int64 {
	_, offset := t.Zone()
	return t.UnixMilli() + int64(offset)*1000
}
