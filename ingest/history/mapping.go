package history

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Mapping says what the columns of a file mean; docs/import.md explains every key. LoadMapping makes one.
type Mapping struct {
	Family    string           `yaml:"family"`    // clickstream, orders, logistics, marketing, inventory or service
	Source    string           `yaml:"source"`    // who the events come from; shops.yaml may let only one source count
	Document  string           `yaml:"document"`  // column: lines with one value make one event of each type
	ID        texts            `yaml:"id"`        // without document: the columns that tell one line from another
	Keep      int              `yaml:"keep_open"` // lines for which a document waits for more of its lines
	Zone      string           `yaml:"zone"`      // IANA zone of times that name none
	Currency  constant         `yaml:"currency"`  // of all money
	Encoding  string           `yaml:"encoding"`  // utf-8, gb18030, latin1, windows-1252, utf-16
	Decimal   string           `yaml:"decimal"`   // "." or ","
	Thousands string           `yaml:"thousands"` // what separates groups of digits
	Numbers   texts            `yaml:"numbers"`   // columns that rules compare as numbers
	CSV       csvForm          `yaml:"csv"`
	Rules     []rule           `yaml:"rules"` // the first that holds decides over a line
	Fields    map[string]value `yaml:"fields"`
	Items     map[string]value `yaml:"items"` // fields of an order's lines

	path string
	tree *ast.File // for the places of mistakes
}

// csvForm is what a CSV file looks like, where that cannot be told from it.
type csvForm struct {
	Delimiter  string `yaml:"delimiter"`   // one character; the one that the first line has most of
	LazyQuotes bool   `yaml:"lazy_quotes"` // quotes may stand within a field
	Skip       int    `yaml:"skip"`        // lines before the header, such as a report's title
	Header     texts  `yaml:"header"`      // names of the columns, where the file does not begin with them
}

// rule says what lines of one kind become.
type rule struct {
	Name   string           `yaml:"name"`
	When   string           `yaml:"when"`   // predicate; empty: always
	Ignore string           `yaml:"ignore"` // why such lines make no event
	Types  texts            `yaml:"types"`  // of the events made
	Type   *value           `yaml:"type"`   // or where the line says its type
	Fields map[string]value `yaml:"fields"` // instead of those of the mapping, or beside them
}

// value says where a field's text comes from and what is done to it. A mere text in YAML is a column's name.
type value struct {
	Column   string  `yaml:"column"`
	Value    *string `yaml:"value"`     // the same for all
	Sum      string  `yaml:"sum"`       // over the document's lines: a column, a field of items, or price * quantity
	Strip    texts   `yaml:"strip"`     // taken off the end or the beginning
	Map      textMap `yaml:"map"`       // text in the file to ours
	Default  string  `yaml:"default"`   // for what is empty, and with map for what it does not name
	Format   string  `yaml:"format"`    // of a time: as strftime writes it, or unix, unix_ms
	PlusDays int     `yaml:"plus_days"` // of a time: calendar days added, so that a period's last day becomes its end
	Absolute bool    `yaml:"absolute"`  // drops a minus
	Hash     bool    `yaml:"hash"`      // a person's id that must not be kept
	Split    string  `yaml:"split"`     // between the texts of a list
}

// UnmarshalYAML reads a column's name, or the whole form.
func (v *value) UnmarshalYAML(node ast.Node) error {
	if text, ok := written(node); ok {
		v.Column = text
		return nil
	}
	type plain value
	return yaml.NodeToValue(node, (*plain)(v), yaml.Strict())
}

// constant is a value whose mere text is no column but meant as it stands.
type constant struct{ value }

// UnmarshalYAML reads a text, or the whole form.
func (c *constant) UnmarshalYAML(node ast.Node) error {
	if text, ok := written(node); ok {
		c.Value = &text
		return nil
	}
	type plain value
	return yaml.NodeToValue(node, (*plain)(&c.value), yaml.Strict())
}

// texts is a list of texts, or one.
type texts []string

// UnmarshalYAML reads a text, or a list of them.
func (l *texts) UnmarshalYAML(node ast.Node) error {
	if text, ok := written(node); ok {
		*l = texts{text}
		return nil
	}
	list, ok := node.(*ast.SequenceNode)
	if !ok {
		return yaml.NodeToValue(node, (*[]string)(l), yaml.Strict())
	}
	for _, n := range list.Values {
		text, ok := written(n)
		if !ok {
			return yaml.NodeToValue(node, (*[]string)(l), yaml.Strict())
		}
		*l = append(*l, text)
	}
	return nil
}

// textMap maps texts to texts.
type textMap map[string]string

// UnmarshalYAML reads keys and values as they are written.
func (m *textMap) UnmarshalYAML(node ast.Node) error {
	pairs, ok := node.(*ast.MappingNode)
	if !ok {
		return yaml.NodeToValue(node, (*map[string]string)(m), yaml.Strict())
	}
	*m = textMap{}
	for _, pair := range pairs.Values {
		to, ok := written(pair.Value)
		if !ok {
			return yaml.NodeToValue(node, (*map[string]string)(m), yaml.Strict())
		}
		(*m)[pair.Key.GetToken().Value] = to
	}
	return nil
}

// written is a scalar as it stands in the file: YAML would make the number 0 of .0, and 1 of 01.
func written(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return node.GetToken().Value, true
	}
	return "", false
}

// LoadMapping reads a mapping file. Its error lists everything that is wrong, each with line, column and what to do.
func LoadMapping(path string) (*Mapping, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("mapping: %w; name an existing file (docs/import.md has examples)", err)
	}
	return parseMapping(path, raw)
}

func parseMapping(path string, raw []byte) (*Mapping, error) {
	m := &Mapping{path: path}
	dec := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict())
	if err := dec.Decode(m); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", path, located(err))
	}
	if err := dec.Decode(&struct{}{}); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: a second YAML document; one file is one mapping", path)
	}
	tree, err := parser.ParseBytes(raw, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, located(err))
	}
	m.tree = tree
	if err := m.check(); err != nil {
		return nil, err
	}
	return m, nil
}

// located shortens the YAML library's error, which quotes the file, to its place and meaning.
func located(err error) error {
	var at yaml.Error
	if !errors.As(err, &at) || at.GetToken() == nil {
		return errors.New(strings.SplitN(err.Error(), "\n", 2)[0])
	}
	p := at.GetToken().Position
	what := at.GetMessage()
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) {
		what += "; docs/import.md lists the keys"
	}
	return fmt.Errorf("line %d, column %d: %s", p.Line, p.Column, what)
}

// wrong is a mistake at a YAML path such as $.rules[0].when.
func (m *Mapping) wrong(path, format string, args ...any) error {
	return fmt.Errorf("%s:%s %s: %w", m.path, m.place(path), strings.TrimPrefix(path, "$."), fmt.Errorf(format, args...))
}

// place is line:column: of the nearest node on the path that the file has.
func (m *Mapping) place(path string) string {
	for path != "$" && path != "" {
		if p, err := yaml.PathString(path); err == nil {
			if node, err := p.FilterFile(m.tree); err == nil && node != nil {
				at := node.GetToken().Position
				return fmt.Sprintf("%d:%d:", at.Line, at.Column)
			}
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 1)]
	}
	return "1:1:"
}
