package history

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"reflect"
	"strconv"
	"strings"
	"time"

	"tidemark/schemas"
)

// boundValue is a value tied to its column.
type boundValue struct {
	value
	at   int // column; -1 for none
	time timeForm
	sum  []boundValue
}

// text is the value's text in a line. person makes a pseudonym of an id that must not be kept.
func (b *boundValue) text(r *row, person func(id string) string) string {
	var s string
	if b.Value != nil {
		s = *b.Value
	} else if b.at >= 0 {
		s = r.cell(b.at)
	}
	for _, cut := range b.Strip {
		if s, found := strings.CutSuffix(s, cut); found {
			return b.finish(s, person)
		}
		if s, found := strings.CutPrefix(s, cut); found {
			return b.finish(s, person)
		}
	}
	return b.finish(s, person)
}

func (b *boundValue) finish(s string, person func(string) string) string {
	s = strings.TrimSpace(s)
	if to, ok := b.Map[s]; ok {
		s = to
	} else if b.Map != nil && b.Default != "" {
		s = b.Default
	}
	if s == "" {
		s = b.Default
	}
	if b.Hash && s != "" {
		s = person(s)
	}
	return s
}

// refusal says why lines make no event; row is the one at fault, nil where that is no single one.
type refusal struct {
	row    *row
	reason string
}

// set puts a text into a field of the struct to.
func (p *plan) set(to reflect.Value, f *boundField, text string) error {
	dst := to.FieldByIndex(f.to.index)
	switch f.to.kind {
	case kindText:
		dst.SetString(text)
	case kindFlag:
		switch strings.ToLower(text) {
		case "1", "true", "yes", "y", "t":
			dst.SetBool(true)
		case "0", "false", "no", "n", "f":
		default:
			return errFlag
		}
	case kindCount:
		n, err := p.count(text, f.Absolute)
		dst.SetInt(n)
		return err
	case kindTime:
		at, err := p.clock.read(f.time, text, p.zone)
		dst.SetInt(int64(at))
		return err
	case kindMoney:
		m, err := p.money(text, f.Absolute)
		dst.SetInt(int64(m))
		return err
	case kindTexts:
		list := []string{text}
		if f.Split != "" {
			list = strings.Split(text, f.Split)
		}
		dst.Set(reflect.ValueOf(list))
	}
	return nil
}

var (
	errFlag     = errors.New("neither true nor false")
	errAmount   = errors.New("no amount")
	errWhole    = errors.New("no whole number")
	errOverflow = errors.New("the sum is beyond what an amount can be")
)

// money reads an amount, rounded half to even where it has more than six decimals.
func (p *plan) money(text string, absolute bool) (schemas.Money, error) {
	plain, ok := p.numbers.plain(text)
	if !ok {
		return 0, errAmount
	}
	m, err := schemas.ParseMoney(plain)
	if err != nil {
		if m, err = schemas.MoneyFromNumber(plain); err != nil {
			return 0, errAmount
		}
		p.rounded = true
	}
	if absolute && m < 0 {
		m = -m
	}
	return m, nil
}

// count reads a whole number, also one written like 6.0.
func (p *plan) count(text string, absolute bool) (int64, error) {
	plain, ok := p.numbers.plain(text)
	if whole, zeros, found := strings.Cut(plain, "."); found && strings.Trim(zeros, "0") == "" {
		plain = whole
	}
	n, err := strconv.ParseInt(plain, 10, 64)
	if !ok || err != nil || n < -1<<53 || n > 1<<53 {
		return 0, errWhole
	}
	if absolute && n < 0 {
		n = -n
	}
	return n, nil
}

// total adds up a field over lines, exactly.
func (p *plan) total(f *boundField, rows []*row) (int64, *refusal) {
	sum := int64(0)
	for _, r := range rows {
		n, at, err := p.product(f, r)
		if err == nil && (n > 0 && sum > math.MaxInt64-n || n < 0 && sum < math.MinInt64-n) {
			err = errOverflow
		}
		if err != nil {
			return 0, &refusal{r, fmt.Sprintf("%v in column %s", err, at.Column)}
		}
		sum += n
	}
	return sum, nil
}

// product is one line's part of a sum: an amount or a number, or an amount times a number. at is the last factor read.
func (p *plan) product(f *boundField, r *row) (n int64, at *boundValue, err error) {
	at = &f.sum[0]
	text := at.text(r, p.person)
	if f.to.kind == kindCount {
		n, err = p.count(text, at.Absolute)
		return n, at, err
	}
	amount, err := p.money(text, at.Absolute)
	if err != nil || len(f.sum) == 1 {
		return int64(amount), at, err
	}
	at = &f.sum[1]
	times, err := p.count(at.text(r, p.person), at.Absolute)
	if err != nil {
		return 0, at, err
	}
	n, err = multiply(int64(amount), times)
	return n, at, err
}

// multiply is a*b, or an error where that does not fit.
func multiply(a, b int64) (int64, error) {
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, errOverflow
	}
	if (a < 0) != (b < 0) {
		return -int64(lo), nil
	}
	return int64(lo), nil
}

func magnitude(a int64) uint64 {
	if a < 0 {
		return uint64(-a)
	}
	return uint64(a)
}

// clock reads times; neighbouring lines mostly have the same one.
type clock struct {
	form  timeForm
	text  string
	at    schemas.Millis
	twice int64 // times that the clocks showed twice
}

func (c *clock) read(form timeForm, text string, zone *time.Location) (schemas.Millis, error) {
	if text == c.text && form == c.form && text != "" {
		return c.at, nil
	}
	at, twice, err := form.parse(text, zone)
	if err != nil {
		return 0, err
	}
	if twice {
		c.twice++
	}
	if form.days != 0 {
		at = schemas.MillisOf(at.Time().In(zone).AddDate(0, 0, form.days))
	}
	c.form, c.text, c.at = form, text, at
	return at, nil
}
