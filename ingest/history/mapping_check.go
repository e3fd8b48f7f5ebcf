package history

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"tidemark/schemas"
)

const defaultKeep = 10_000

// maxSkip bounds the lines before a header: a report's title has a few.
const maxSkip = 100

// structs are the event types of the families, for the names and types of their fields.
func structs() map[string]reflect.Type {
	return map[string]reflect.Type{
		schemas.Clickstream.Name: reflect.TypeFor[schemas.Click](), schemas.Orders.Name: reflect.TypeFor[schemas.Order](),
		schemas.Logistics.Name: reflect.TypeFor[schemas.Parcel](), schemas.Marketing.Name: reflect.TypeFor[schemas.Spend](),
		schemas.Inventory.Name: reflect.TypeFor[schemas.Stock](), schemas.Service.Name: reflect.TypeFor[schemas.Ticket](),
	}
}

// check finds everything that can be told without the file that is to be imported.
func (m *Mapping) check() error {
	event, known := structs()[m.Family]
	if !known {
		return m.wrong("$.family", "%q is no family; there are %s", m.Family, strings.Join(schemas.FamilyNames(), ", "))
	}
	if m.Keep == 0 {
		m.Keep = defaultKeep
	}
	errs := []error{m.checkHead(), m.checkIDs(), m.checkRules()}
	targets := fieldsOf(event)
	errs = append(errs, m.checkFields("$.fields", m.Fields, targets))
	for i, r := range m.Rules {
		errs = append(errs, m.checkFields(fmt.Sprintf("$.rules[%d].fields", i), r.Fields, targets))
	}
	_, hasItems := event.FieldByName("Items")
	if len(m.Items) > 0 && !hasItems {
		errs = append(errs, m.wrong("$.items", "events of %s have no lines; remove it", m.Family))
	}
	errs = append(errs, m.checkFields("$.items", m.Items, fieldsOf(reflect.TypeFor[schemas.Item]())))
	return errors.Join(errs...)
}

func (m *Mapping) checkHead() error {
	var errs []error
	if m.Source == "" {
		errs = append(errs, m.wrong("$.source", "missing; name the system that the data comes from, for example source: erp"))
	}
	if _, err := time.LoadLocation(m.Zone); err != nil {
		errs = append(errs, m.wrong("$.zone", "%q is no time zone; name one like Europe/Berlin", m.Zone))
	}
	if code := m.Currency.Value; code != nil && !schemas.KnownCurrency(*code) {
		errs = append(errs, m.wrong("$.currency", "%q is no code of ISO 4217; for a column write currency: {column: %s}", *code, *code))
	}
	if _, err := encodingOf(m.Encoding); err != nil {
		errs = append(errs, m.wrong("$.encoding", "%w", err))
	}
	if !slices.Contains([]string{"", ".", ","}, m.Decimal) || m.Thousands != "" && m.Thousands == cmp.Or(m.Decimal, ".") {
		errs = append(errs, m.wrong("$.decimal", `give "." or ",", and another character for thousands`))
	}
	if d := []rune(m.Thousands); len(d) > 1 || len(d) == 1 && (unicode.IsLetter(d[0]) || unicode.IsDigit(d[0]) || strings.ContainsRune("+-", d[0])) {
		errs = append(errs, m.wrong("$.thousands", "%q cannot separate groups of digits; give one character such as \".\" or \" \"", m.Thousands))
	}
	if d := []rune(m.CSV.Delimiter); len(d) > 1 || len(d) == 1 && strings.ContainsAny(m.CSV.Delimiter, "\"\r\n") {
		errs = append(errs, m.wrong("$.csv.delimiter", "%q is not one character; write for example ';' or \"\\t\"", m.CSV.Delimiter))
	}
	if m.CSV.Skip < 0 || m.CSV.Skip > maxSkip {
		errs = append(errs, m.wrong("$.csv.skip", "give the number of lines before the header, at most %d", maxSkip))
	}
	if m.Keep < 1 || m.Keep > 10_000_000 {
		errs = append(errs, m.wrong("$.keep_open", "give 1 to 10000000 lines"))
	}
	return errors.Join(errs...)
}

func (m *Mapping) checkIDs() error {
	switch {
	case m.Document == "" && len(m.ID) == 0:
		return m.wrong("$.document", "missing; name the column whose value lines of one document share (document: InvoiceNo), or, where each line is an event, the columns that tell lines apart (id: [TrackingNo, Status])")
	case m.Document != "" && len(m.ID) > 0:
		return m.wrong("$.id", "document and id exclude each other: either lines make documents, or each is an event")
	}
	return nil
}

// checkFields checks one list of fields against those that the event, or its lines, can take.
func (m *Mapping) checkFields(path string, fields map[string]value, targets map[string]target) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		at := path + "." + name
		to, ok := targets[name]
		if !ok {
			errs = append(errs, m.wrong(at, "no field of that name can be set; there are %s", strings.Join(slices.Sorted(maps.Keys(targets)), ", ")))
			continue
		}
		errs = append(errs, m.checkValue(at, fields[name], to))
	}
	return errors.Join(errs...)
}

func (m *Mapping) checkValue(at string, v value, to target) error {
	from := 0
	for _, given := range []bool{v.Column != "", v.Value != nil, v.Sum != ""} {
		if given {
			from++
		}
	}
	switch {
	case from != 1:
		return m.wrong(at, "give one of column, value and sum")
	case v.Sum != "" && (m.Document == "" || strings.HasPrefix(at, "$.items")):
		return m.wrong(at, "sum adds up the lines of a document; here is one line only, so name a column")
	case v.Sum != "" && to.kind != kindMoney && to.kind != kindCount:
		return m.wrong(at, "sum is for amounts and numbers")
	case len(sumTerms(v.Sum)) > 2 || len(sumTerms(v.Sum)) == 2 && to.kind != kindMoney:
		return m.wrong(at, "sum takes one column or field of items, and for amounts an amount * a number")
	case v.Format != "" && to.kind != kindTime:
		return m.wrong(at, "format is for times")
	case v.PlusDays != 0 && to.kind != kindTime:
		return m.wrong(at, "plus_days is for times")
	case v.PlusDays < -366 || v.PlusDays > 366:
		return m.wrong(at, "plus_days is %d; give at most a year", v.PlusDays)
	case v.Absolute && to.kind != kindMoney && to.kind != kindCount:
		return m.wrong(at, "absolute is for amounts and numbers")
	}
	if _, err := newTimeForm(v.Format); err != nil {
		return m.wrong(at, "%w", err)
	}
	return nil
}
