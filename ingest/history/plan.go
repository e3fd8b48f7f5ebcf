package history

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/vm"

	"tidemark/ingest"
	"tidemark/schemas"
)

// Names in id that are no columns: the number of the line, and the name of the file without its folder.
const (
	nameLine  = "$line"
	nameInput = "$input"
)

// plan is a mapping tied to the columns of one file.
type plan struct {
	m       *Mapping
	family  string
	shop    *schemas.Shop
	zone    *time.Location
	numbers numberForm
	input   string // for $input
	index   map[string]int
	doc     int // column of the document; -1 where each line is its own
	rules   []boundRule
	items   []boundField
	env     map[string]any // of the predicates, used again for each line
	read    []envColumn
	machine vm.VM
	clock   clock
	rounded bool // an amount had more than six decimals
	hashes  bool // some ids must not be kept
	person  func(id string) string
}

type envColumn struct {
	name   string
	at     int
	number bool
}

type boundRule struct {
	rule
	program *vm.Program
	typ     *boundValue
	fields  []boundField
}

type boundField struct {
	name string
	to   target
	boundValue
}

// wanted lists the columns that the mapping reads.
func (m *Mapping) wanted() ([]string, error) {
	found := map[string]bool{m.Document: true}
	for _, name := range slices.Concat(m.ID, m.Numbers) {
		found[name] = true
	}
	values := slices.Concat(slices.Collect(maps.Values(m.Fields)), slices.Collect(maps.Values(m.Items)), []value{m.Currency.value})
	for _, r := range m.Rules {
		_, columns, err := m.compile(r.When)
		if err != nil {
			return nil, err
		}
		for _, name := range columns {
			found[name] = true
		}
		values = slices.AppendSeq(values, maps.Values(r.Fields))
		if r.Type != nil {
			values = append(values, *r.Type)
		}
	}
	for _, v := range values {
		found[v.Column] = true
		for _, name := range sumTerms(v.Sum) {
			if _, item := m.Items[name]; !item {
				found[name] = true
			}
		}
	}
	for _, name := range []string{"", nameLine, nameInput} {
		delete(found, name)
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// newPlan ties the mapping to the columns; its error names those that are missing.
func newPlan(in *Input, shop *schemas.Shop, now time.Time) (*plan, error) {
	m := in.mapping
	zone, err := time.LoadLocation(m.Zone)
	if err != nil {
		return nil, err
	}
	p := &plan{
		m: m, family: m.Family, shop: shop, zone: zone, numbers: numberForm{m.Decimal, m.Thousands},
		input: filepath.Base(in.name), index: map[string]int{}, doc: -1, env: map[string]any{},
	}
	for i, name := range in.table.columns() {
		p.index[name] = i
	}
	wanted, err := m.wanted()
	if err != nil {
		return nil, err
	}
	missing := slices.DeleteFunc(wanted, func(name string) bool { _, there := p.index[name]; return there })
	if len(missing) > 0 {
		return nil, fmt.Errorf("%s: the file has no column %q; it has %q", m.path, missing, in.table.columns())
	}
	if m.Document != "" {
		p.doc = p.index[m.Document]
	}
	if err := p.bind(); err != nil {
		return nil, err
	}
	return p, p.bindPeople(now)
}

// bindPeople ties ids that must not be kept to the shop's key of today.
func (p *plan) bindPeople(now time.Time) error {
	if _, ok := ingest.PersonID(p.shop, now, ""); p.hashes && !ok {
		return fmt.Errorf("%s: hash makes pseudonyms, and needs identity_keys in shops.yaml; make a key with: openssl rand -base64 32", p.m.path)
	}
	p.person = func(id string) string {
		pseudonym, _ := ingest.PersonID(p.shop, now, id)
		return pseudonym
	}
	return nil
}

func (p *plan) bind() error {
	event := fieldsOf(structs()[p.family])
	var errs []error
	shared := maps.Clone(p.m.Fields)
	if shared == nil {
		shared = map[string]value{}
	}
	if _, own := shared["currency"]; !own && (p.m.Currency.Value != nil || p.m.Currency.Column != "") {
		shared["currency"] = p.m.Currency.value
	}
	for _, r := range p.m.Rules {
		program, columns, err := p.m.compile(r.When)
		errs = append(errs, err)
		for _, name := range columns {
			if _, known := p.env[name]; !known {
				p.env[name] = ""
				p.read = append(p.read, envColumn{name, p.index[name], slices.Contains(p.m.Numbers, name)})
			}
		}
		b := boundRule{rule: r, program: program}
		if r.Type != nil {
			v := p.value(*r.Type)
			b.typ = &v
		}
		fields := maps.Clone(shared)
		maps.Copy(fields, r.Fields)
		b.fields = p.fields(fields, event)
		p.rules = append(p.rules, b)
	}
	p.items = p.fields(p.m.Items, fieldsOf(reflect.TypeFor[schemas.Item]()))
	return errors.Join(errs...)
}

// fields binds a list of fields, in the order of their names.
func (p *plan) fields(from map[string]value, targets map[string]target) []boundField {
	var out []boundField
	for _, name := range slices.Sorted(maps.Keys(from)) {
		out = append(out, boundField{name: name, to: targets[name], boundValue: p.value(from[name])})
	}
	return out
}

func (p *plan) value(v value) boundValue {
	b := boundValue{value: v, at: -1}
	p.hashes = p.hashes || v.Hash
	b.time, _ = newTimeForm(v.Format) // checked with the mapping
	b.time.days = v.PlusDays
	if v.Column != "" {
		b.at = p.index[v.Column]
	}
	for _, name := range sumTerms(v.Sum) {
		term, item := p.m.Items[name]
		if !item {
			term = value{Column: name}
		}
		bound := p.value(term)
		bound.Absolute = bound.Absolute || v.Absolute
		b.sum = append(b.sum, bound)
	}
	return b
}

// sumTerms are the factors of a sum: one, or two with a star between them.
func sumTerms(text string) []string {
	if text == "" {
		return nil
	}
	terms := strings.Split(text, "*")
	for i := range terms {
		terms[i] = strings.TrimSpace(terms[i])
	}
	return terms
}

// choose finds the rule for a line; nil where none holds.
func (p *plan) choose(r *row) (*boundRule, error) {
	for _, c := range p.read {
		cell := r.cell(c.at)
		if !c.number {
			p.env[c.name] = cell
			continue
		}
		n, err := p.numbers.number(cell)
		if err != nil {
			return nil, fmt.Errorf("%w in column %s", err, c.name)
		}
		p.env[c.name] = n
	}
	for i := range p.rules {
		b := &p.rules[i]
		if b.program == nil {
			return b, nil
		}
		holds, err := p.machine.Run(b.program, p.env)
		if err != nil {
			return nil, fmt.Errorf("rule %s cannot be applied", b.Name)
		}
		if holds.(bool) {
			return b, nil
		}
	}
	return nil, errNoRule
}

var errNoRule = errors.New("no rule fits")

// identity is what tells the line's document, or the line, from others; empty where a part of it is missing.
func (p *plan) identity(r *row) []string {
	if p.doc >= 0 {
		return []string{r.cell(p.doc)}
	}
	parts := make([]string, len(p.m.ID))
	for i, name := range p.m.ID {
		switch name {
		case nameLine:
			parts[i] = fmt.Sprint(r.line)
		case nameInput:
			parts[i] = cmp.Or(r.input, p.input)
		default:
			parts[i] = r.cell(p.index[name])
		}
	}
	return parts
}

// cell is the text of a cell without blanks around it; empty where the line is too short.
func (r *row) cell(at int) string {
	if at >= len(r.cells) {
		return ""
	}
	return strings.TrimSpace(r.cells[at])
}

// unread lists those of the columns that the mapping does not read.
func (p *plan) unread(all []string) []string {
	wanted, err := p.m.wanted()
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(all), func(name string) bool { return name == "" || slices.Contains(wanted, name) })
}
