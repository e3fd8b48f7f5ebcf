package history

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"tidemark/schemas"
)

// checkRules checks the rules one by one and together.
func (m *Mapping) checkRules() error {
	if len(m.Rules) == 0 {
		return m.wrong("$.rules", "missing; name at least one kind of line, for example - {name: sale, types: [order_placed]}")
	}
	var errs []error
	names, makers := map[string]bool{}, map[string]string{}
	for i, r := range m.Rules {
		at := fmt.Sprintf("$.rules[%d]", i)
		if r.Name == "" || names[r.Name] {
			errs = append(errs, m.wrong(at, "give each rule a name of its own"))
		}
		names[r.Name] = true
		if r.When == "" && i < len(m.Rules)-1 {
			errs = append(errs, m.wrong(at, "without when it takes all lines, so that no later rule is reached; put it last"))
		}
		if _, _, err := m.compile(r.When); err != nil {
			errs = append(errs, m.wrong(at+".when", "%w", err))
		}
		errs = append(errs, m.checkTypes(at, r, makers))
	}
	return errors.Join(errs...)
}

// checkTypes wants each rule to say what its lines become. The id of an event is made of document and type, so two rules
// must not make the same type from one document.
func (m *Mapping) checkTypes(at string, r rule, makers map[string]string) error {
	said := 0
	for _, is := range []bool{r.Ignore != "", len(r.Types) > 0, r.Type != nil} {
		if is {
			said++
		}
	}
	switch {
	case said != 1:
		return m.wrong(at, "give one of types, type and ignore")
	case r.Type != nil && m.Document != "":
		return m.wrong(at+".type", "a document's types must be fixed; write rules with types")
	case r.Type != nil:
		return m.checkValue(at+".type", *r.Type, target{kind: kindText})
	}
	for _, t := range r.Types {
		if !slices.Contains(schemas.Types(m.Family), t) {
			return m.wrong(at+".types", "%q is no event of %s; there are %s", t, m.Family, strings.Join(schemas.Types(m.Family), ", "))
		}
		if other := makers[t]; other != "" && m.Document != "" {
			return m.wrong(at+".types", "rule %q makes %s too, and one document can have only one: join the two with or, or choose another type", other, t)
		}
		makers[t] = r.Name
	}
	return nil
}

// compile makes a predicate. All columns are texts but those listed as numbers; columns are those that it reads.
func (m *Mapping) compile(when string) (program *vm.Program, columns []string, err error) {
	if when == "" {
		return nil, nil, nil
	}
	tree, err := parser.Parse(when)
	if err != nil {
		return nil, nil, predicateError(err)
	}
	found := names{}
	ast.Walk(&tree.Node, found)
	delete(found, "$env")
	env := map[string]any{}
	for name := range found {
		env[name] = ""
		if slices.Contains(m.Numbers, name) {
			env[name] = 0.0
		}
	}
	program, err = expr.Compile(when, expr.Env(env), expr.AsBool(), expr.DisableBuiltin("now"), expr.MaxNodes(1000))
	if err != nil {
		return nil, nil, predicateError(err)
	}
	return program, slices.Sorted(maps.Keys(found)), nil
}

// names collects the columns that a predicate reads: identifiers, and $env["any name"].
type names map[string]bool

// Visit implements ast.Visitor.
func (n names) Visit(node *ast.Node) {
	switch at := (*node).(type) {
	case *ast.IdentifierNode:
		n[at.Value] = true
	case *ast.MemberNode:
		env, isName := at.Node.(*ast.IdentifierNode)
		name, isText := at.Property.(*ast.StringNode)
		if isName && isText && env.Value == "$env" {
			n[name.Value] = true
		}
	}
}

// predicateError is the library's message without its drawing of the place.
func predicateError(err error) error {
	var at *file.Error
	if !errors.As(err, &at) {
		return errors.New(strings.SplitN(err.Error(), "\n", 2)[0])
	}
	advice := ""
	if strings.Contains(at.Message, "mismatched types") {
		advice = "; a column that is compared with a number must be listed under numbers, and texts stand in quotes"
	}
	return fmt.Errorf("%s (character %d)%s", at.Message, at.Column+1, advice)
}
