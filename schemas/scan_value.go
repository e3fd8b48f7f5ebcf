package schemas

import (
	"encoding/binary"
	"strconv"
)

// The plain forms of numbers: so many digits cannot overflow.
const (
	plainDigits = 18
	plainUnits  = 12 // digits of money before the point
)

func scanBool(b []byte, p int, to *bool) (end int, ok bool) {
	if b[p] == 't' {
		*to = true
		return literal(b, p, "true")
	}
	return literal(b, p, "false")
}

func scanInt(b []byte, p int, to *int64) (end int, ok bool) {
	neg := b[p] == '-'
	if neg {
		p++
	}
	v, end := wholeDigits(b, p)
	if n := end - p; n == 0 || n > plainDigits || neg && v == 0 {
		return 0, false
	}
	if neg {
		v = -v
	}
	*to = v
	return end, true
}

// wholeDigits reads decimal digits without a superfluous leading zero; end is p where there are none. The value of
// more than plainDigits is meaningless.
func wholeDigits(b []byte, p int) (v int64, end int) {
	if p < len(b) && b[p] == '0' {
		return 0, p + 1 // a digit behind it is an error that the caller's delimiter check finds
	}
	for end = p; end < len(b) && b[end]-'0' <= 9; end++ {
		v = v*10 + int64(b[end]-'0')
	}
	return v, end
}

func scanFloat(b []byte, p int, to *float64) (end int, ok bool) {
	for end = p; end < len(b) && (b[end]-'0' <= 9 || b[end] == '-' || b[end] == '+' || b[end] == '.' || b[end]|0x20 == 'e'); {
		end++
	}
	token := text(b[p:end])
	if _, ok := splitNumber(token); !ok {
		return 0, false
	}
	v, err := strconv.ParseFloat(token, 64)
	*to = v
	return end, err == nil
}

// scanMoney reads a number, or a string with the same text.
func scanMoney(b []byte, p int, to *Money) (end int, ok bool) {
	quoted := b[p] == '"'
	if quoted {
		p++
	}
	neg := p < len(b) && b[p] == '-'
	if neg {
		p++
	}
	v, end := wholeDigits(b, p)
	if n := end - p; n == 0 || n > plainUnits {
		return 0, false
	}
	v *= MicrosPerUnit
	if end < len(b) && b[end] == '.' {
		var micros int64
		if micros, end = microDigits(b, end+1); end < 0 {
			return 0, false
		}
		v += micros
	}
	if neg {
		v = -v
	}
	*to = Money(v)
	if quoted {
		return end + 1, end < len(b) && b[end] == '"'
	}
	return end, true
}

// microDigits reads one to six decimals; end is -1 where there are none. A seventh is left for the caller's delimiter check.
func microDigits(b []byte, p int) (v int64, end int) {
	unit := int64(MicrosPerUnit)
	for end = p; end < len(b) && b[end]-'0' <= 9 && unit > 1; end++ {
		unit /= 10
		v += int64(b[end]-'0') * unit
	}
	if end == p {
		return 0, -1
	}
	return v, end
}

// scanMillis reads an integer or a string in RFC 3339.
func scanMillis(b []byte, p int, to *Millis) (end int, ok bool) {
	if b[p] != '"' {
		return scanInt(b, p, (*int64)(to))
	}
	if len(b)-p >= 26 && b[p+25] == '"' {
		if v, ok := fixedTime(b[p+1 : p+25]); ok {
			*to = v
			return p + 26, true
		}
	}
	if end = plainText(b, p+1); end < 0 {
		return 0, false
	}
	v, err := ParseTime(text(b[p+1 : end]))
	*to = v
	return end + 1, err == nil
}

// fixedTime reads the form 2006-01-02T15:04:05.678Z, three words of eight bytes. Seconds of 60 are left to ParseTime.
func fixedTime(b []byte) (Millis, bool) {
	_ = b[23]
	x, okX := form(binary.LittleEndian.Uint64(b), dateForm, dateLimit)
	y, okY := form(binary.LittleEndian.Uint64(b[8:]), hourForm, hourLimit)
	z, okZ := form(binary.LittleEndian.Uint64(b[16:]), milliForm, milliLimit)
	if !okX || !okY || !okZ {
		return 0, false
	}
	year, month, day := two(x, 0)*100+two(x, 2), two(x, 5), two(y, 0)
	hour, minute, second := two(y, 3), two(y, 6), two(z, 1)
	if month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	ms := two(z, 4)*10 + int(z>>48&0xff)
	return Millis(daysSince1970(year, month, day)*msPerDay + int64(hour*60+minute)*msPerMinute + int64(second*1000+ms)), true
}

// A form is eight bytes of text, the first one lowest, with 0 for any digit. Its limit has 0x76 for a digit, which
// reaches the high bit from ten on, and 0x7f for any other byte, which reaches it from one on.
const (
	dateForm   = 0x2d30302d30303030 // 0000-00-
	dateLimit  = 0x7f76767f76767676
	hourForm   = 0x30303a3030543030 // 00T00:00
	hourLimit  = 0x76767f76767f7676
	milliForm  = 0x5a3030302e30303a // :00.000Z
	milliLimit = 0x7f7676767f76767f
)

// form compares a word with a form and returns the digits' values.
func form(w, form, limit uint64) (values uint64, ok bool) {
	x := w ^ form
	return x, (x|(x+limit))&highs == 0
}

// two is the number made of the digits at byte i and i+1 of a word.
func two(values uint64, i int) int {
	return int(values>>(8*i)&0xff)*10 + int(values>>(8*i+8)&0xff)
}
