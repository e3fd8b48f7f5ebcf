package webhook

import (
	"errors"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"tidemark/schemas"
)

// decode reads a JSON object into T. Members that T does not name are passed over; names are compared exactly, and one
// given twice is refused. A value whose kind a member cannot take at all, such as a text for an object, is a fault.
func decode[T any](body []byte) (v T, f *Fault) {
	if jsontext.Value(body).Kind() == 'n' { // null, which is no error for any type
		return v, &Fault{Unreadable, "no JSON object"}
	}
	err := json.Unmarshal(body, &v)
	var semantic *json.SemanticError
	switch {
	case err == nil:
		return v, nil
	case errors.As(err, &semantic): // its pointer holds only names of T, and indices
		return v, &Fault{Unreadable, "value of a wrong type in " + string(semantic.JSONPointer)}
	}
	return v, &Fault{Unreadable, "no JSON text, or one with a name given twice"}
}

// text is a string, or a number as its text: providers write ids either way. Anything else is as good as none.
type text string

// UnmarshalJSON reads any JSON value.
func (t *text) UnmarshalJSON(b []byte) error {
	*t = ""
	switch jsontext.Value(b).Kind() {
	case '"':
		raw, err := jsontext.AppendUnquote(nil, b)
		*t = text(raw)
		return err
	case '0':
		*t = text(b)
	}
	return nil
}

// amount is money as a decimal string or a JSON number.
type amount struct {
	micros   schemas.Money
	set, bad bool
}

// UnmarshalJSON reads any JSON value; what is no amount is bad, and blamed where it is used.
func (a *amount) UnmarshalJSON(b []byte) error {
	*a = amount{}
	var err error
	switch jsontext.Value(b).Kind() {
	case 'n':
		return nil
	case '"':
		var s text
		if err = s.UnmarshalJSON(b); err == nil {
			a.micros, err = schemas.ParseMoney(strings.TrimSpace(string(s)))
		}
	case '0':
		a.micros, err = schemas.MoneyFromNumber(string(b))
	default:
		a.bad = true
	}
	a.set, a.bad = true, a.bad || err != nil
	return nil
}

// firstSet returns the first amount that is there.
func firstSet(amounts ...amount) amount {
	for _, a := range amounts {
		if a.set {
			return a
		}
	}
	return amount{}
}

// blame keeps the first thing that is wrong with an event.
type blame struct{ fault *Fault }

func (b *blame) say(kind Kind, reason string) {
	if b.fault == nil {
		b.fault = &Fault{kind, reason}
	}
}

// money returns an amount that may be left out.
func (b *blame) money(field string, a amount) schemas.Money {
	if a.bad {
		b.say(BadAmount, field+" is no amount, or out of range")
	}
	return a.micros
}

// due returns an amount that must be there.
func (b *blame) due(field string, a amount) schemas.Money {
	if !a.set {
		b.say(MissingField, "no "+field)
	}
	return b.money(field, a)
}

// sum adds b to a; a sum out of range is blamed.
func (b *blame) sum(field string, x, y schemas.Money) schemas.Money {
	s := x + y
	if (s > x) != (y > 0) && y != 0 {
		b.say(BadAmount, field+" is out of range")
	}
	return s
}

// id returns a text that must be there.
func (b *blame) id(field string, t text) string {
	if t == "" {
		b.say(MissingField, "no "+field)
	}
	return string(t)
}
