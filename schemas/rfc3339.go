package schemas

import "errors"

const (
	msPerMinute = 60_000
	msPerDay    = 86_400_000
)

var errTime = errors.New("time: not RFC 3339 such as 2026-01-02T03:04:05.678Z")

// ParseTime reads a time in RFC 3339 with any offset up to ±14:00. Fractions below a millisecond are cut off. A leap
// second (23:59:60 UTC) is taken as 23:59:59. Anything else, a missing offset included, is an error.
func ParseTime(s string) (Millis, error) {
	if len(s) < len("2006-01-02T15:04:05Z") || s[4] != '-' || s[7] != '-' || s[10]|0x20 != 't' || s[13] != ':' || s[16] != ':' {
		return 0, errTime
	}
	century, yy := pair(s, 0), pair(s, 2)
	month, day := pair(s, 5), pair(s, 8)
	hour, minute, second := pair(s, 11), pair(s, 14), pair(s, 17)
	if (century|yy|month|day|hour|minute|second) < 0 || hour > 23 || minute > 59 || second > 60 {
		return 0, errTime
	}
	year := century*100 + yy
	if month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, errTime
	}
	ms, rest, ok := fraction(s[19:])
	if !ok {
		return 0, errTime
	}
	offset, ok := zoneOffset(rest)
	if !ok {
		return 0, errTime
	}
	t := daysSince1970(year, month, day)*msPerDay + int64(hour*60+minute)*msPerMinute - offset
	if second == 60 {
		if (t+msPerMinute)%msPerDay != 0 {
			return 0, errTime // only the last minute of a UTC day has a 61st second
		}
		second = 59
	}
	return Millis(t + int64(second)*1000 + ms), nil
}

// pair reads two digits at i; a negative result means that they are none.
func pair(s string, i int) int {
	hi, lo := s[i]-'0', s[i+1]-'0'
	if hi > 9 || lo > 9 {
		return -1
	}
	return int(hi)*10 + int(lo)
}

// fraction reads an optional fraction of a second and cuts it to milliseconds.
func fraction(s string) (ms int64, rest string, ok bool) {
	if s[0] != '.' {
		return 0, s, true
	}
	digits, rest := leadingDigits(s[1:])
	for i := range 3 {
		ms *= 10
		if i < len(digits) {
			ms += int64(digits[i] - '0')
		}
	}
	return ms, rest, digits != ""
}

// zoneOffset reads Z or ±hh:mm, in milliseconds east of UTC.
func zoneOffset(s string) (int64, bool) {
	if len(s) == 1 && s[0]|0x20 == 'z' {
		return 0, true
	}
	if len(s) != 6 || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		return 0, false
	}
	hour, minute := pair(s, 1), pair(s, 4)
	if (hour|minute) < 0 || minute > 59 || hour*60+minute > 14*60 {
		return 0, false
	}
	ms := int64(hour*60+minute) * msPerMinute
	if s[0] == '-' {
		ms = -ms
	}
	return ms, true
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// daysSince1970 counts days in the Gregorian calendar. Years are counted from March, so that the leap day is the last
// of its year and the months before it have fixed lengths.
func daysSince1970(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	days := 365*year + floorDiv(year, 4) - floorDiv(year, 100) + floorDiv(year, 400) + (153*(month-3)+2)/5 + day - 1
	return int64(days) - 719_468 // days from 0000-03-01 to 1970-01-01
}

// floorDiv divides rounding down; the only negative year is -1, which is January and February of year 0.
func floorDiv(a, b int) int {
	if a < 0 {
		return -1
	}
	return a / b
}
