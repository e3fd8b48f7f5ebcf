package history

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"tidemark/ingest"
	"tidemark/schemas"
)

// Event is one event made from lines of the file.
type Event struct {
	ID    string // follows from shop, source, document (or id columns) and type
	Type  string
	At    schemas.Millis // when it happened
	Key   string         // of the record
	Value []byte         // the event on the wire
}

// maker makes the events that lines of one rule become.
type maker func(b *boundRule, identity []string, rows []*row) (made, *refusal)

// made is what lines became.
type made struct {
	events   []Event
	amounts  []namedAmount // of the document, once whatever its types
	differ   []string      // fields in which lines of the document differ; the first line's were taken
	masked   int
	currency string
}

type namedAmount struct {
	name   string
	amount schemas.Money
}

// eventOf is what the importer needs of a family's event type.
type eventOf[E any] interface {
	*E
	Env() *schemas.Envelope
}

func newMaker(p *plan, now time.Time) (maker, error) {
	switch p.family {
	case schemas.Clickstream.Name:
		return makerOf[schemas.Click](p, now)
	case schemas.Orders.Name:
		return makerOf[schemas.Order](p, now)
	case schemas.Logistics.Name:
		return makerOf[schemas.Parcel](p, now)
	case schemas.Marketing.Name:
		return makerOf[schemas.Spend](p, now)
	case schemas.Inventory.Name:
		return makerOf[schemas.Stock](p, now)
	case schemas.Service.Name:
		return makerOf[schemas.Ticket](p, now)
	}
	return nil, fmt.Errorf("no family is named %q", p.family)
}

func makerOf[E any, P eventOf[E]](p *plan, now time.Time) (maker, error) {
	enc, err := schemas.NewEncoder[E]()
	if err != nil {
		return nil, err
	}
	return func(b *boundRule, identity []string, rows []*row) (out made, no *refusal) {
		var common E
		v := reflect.ValueOf(&common).Elem()
		if no := p.fill(v, b, rows, &out); no != nil {
			return out, no
		}
		if no := p.lines(v, rows); no != nil {
			return out, no
		}
		types := []string(b.Types)
		if b.typ != nil {
			types = []string{b.typ.text(rows[0], p.person)}
		}
		for _, t := range types {
			e := common
			env := P(&e).Env()
			env.Type, env.Source = t, p.m.Source
			env.EventID = schemas.StableID(slices.Concat([]string{"import", p.shop.ID, p.m.Source, t}, identity)...)
			adopted, err := ingest.Adopt(p.shop, now, &e)
			if err != nil {
				return out, &refusal{nil, err.Error()}
			}
			value := enc.Append(nil, &e)
			if len(value) > ingest.MaxRecord {
				return out, &refusal{nil, reasonLarge}
			}
			out.masked += adopted.Masked
			out.events = append(out.events, Event{ID: env.EventID, Type: t, At: env.OccurredAt, Key: adopted.Key, Value: value})
		}
		return out, nil
	}, nil
}

// reasonLarge refuses documents that Kafka would not take as one record.
var reasonLarge = fmt.Sprintf("too large: an event may have %d bytes", ingest.MaxRecord)

// fill sets the fields of the event. Of the lines of a document the first that has a value counts, of times the earliest.
func (p *plan) fill(v reflect.Value, b *boundRule, rows []*row, out *made) *refusal {
	for i := range b.fields {
		f := &b.fields[i]
		if f.sum != nil {
			n, no := p.total(f, rows)
			if no != nil {
				return no
			}
			v.FieldByIndex(f.to.index).SetInt(n)
		} else if no := p.first(v, f, rows, out); no != nil {
			return no
		}
		if f.to.kind == kindMoney {
			out.amounts = append(out.amounts, namedAmount{f.name, schemas.Money(v.FieldByIndex(f.to.index).Int())})
		}
		if f.name == fieldCurrency {
			out.currency = v.FieldByIndex(f.to.index).String()
		}
	}
	return nil
}

const (
	fieldCurrency = "currency"
	fieldTime     = "occurred_at"
)

// first sets a field from the first line that has a value for it.
func (p *plan) first(v reflect.Value, f *boundField, rows []*row, out *made) *refusal {
	taken, differ := "", false
	earliest := int64(0)
	for _, r := range rows {
		text := f.text(r, p.person)
		if text == "" || text == taken {
			continue
		}
		if taken != "" && !differ {
			differ = true
			out.differ = append(out.differ, f.name)
		}
		if taken != "" && f.name != fieldTime {
			break
		}
		if err := p.set(v, f, text); err != nil {
			return &refusal{r, fmt.Sprintf("%v in %s", err, f.origin())}
		}
		taken = text
		if f.name == fieldTime {
			at := v.FieldByIndex(f.to.index)
			if earliest == 0 || at.Int() < earliest {
				earliest = at.Int()
			}
			at.SetInt(earliest)
		}
	}
	return nil
}

// origin names where a field comes from.
func (f *boundField) origin() string {
	if f.Column != "" {
		return "column " + f.Column
	}
	return "field " + f.name
}

// lines sets the event's own lines, one for each row, where the mapping has items.
func (p *plan) lines(v reflect.Value, rows []*row) *refusal {
	if len(p.items) == 0 {
		return nil
	}
	items := make([]schemas.Item, len(rows))
	for i, r := range rows {
		to := reflect.ValueOf(&items[i]).Elem()
		for j := range p.items {
			f := &p.items[j]
			text := f.text(r, p.person)
			if text == "" {
				continue
			}
			if err := p.set(to, f, text); err != nil {
				return &refusal{r, fmt.Sprintf("%v in %s", err, f.origin())}
			}
		}
	}
	v.FieldByName("Items").Set(reflect.ValueOf(items))
	return nil
}
