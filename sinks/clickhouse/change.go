package clickhouse

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"tidemark/schemas"
)

// change returns the statements that bring one table up to its description, or why that cannot be done.
func (s *state) change(t *schemas.Table, norm normal) ([]string, error) {
	is := s.tables[t.Name]
	if is == nil {
		return []string{t.DDL(true)}, nil
	}
	if err := is.compare(t, norm); err != nil {
		return nil, err
	}
	var out []string
	var errs []error
	for _, c := range t.Columns {
		there, found := is.columns[c.Name]
		if !found {
			out = append(out, "ALTER TABLE "+t.Name+" ADD COLUMN IF NOT EXISTS "+c.DDL())
			continue
		}
		errs = append(errs, there.compare(t.Name, c, norm))
	}
	if t.TTL != "" && norm[t.TTL] != norm[is.ttl()] {
		out = append(out, "ALTER TABLE "+t.Name+" MODIFY TTL "+t.TTL)
	}
	return out, errors.Join(errs...)
}

// compare refuses what no ALTER can change in place.
func (is *tableState) compare(t *schemas.Table, norm normal) error {
	const cure = "it cannot be changed in place: RENAME TABLE %[1]s TO %[1]s_old, run `tidemark apply`, and recompute or copy the rows"
	differs := func(what, is, want string) error {
		return fmt.Errorf("table %s: its %s is %q, the catalogue says %q; "+cure, t.Name, what, is, want)
	}
	if engine := is.engine(); engine != spaced(t.Engine) {
		return differs("engine", engine, t.Engine)
	}
	if norm[key(t.OrderBy)] != norm["("+is.Sorting+")"] {
		return differs("sorting key", is.Sorting, strings.Join(t.OrderBy, ", "))
	}
	if norm[t.Partition] != norm[is.Partition] {
		return differs("partition key", is.Partition, t.Partition)
	}
	return nil
}

func (is columnState) compare(table string, want schemas.Column, norm normal) error {
	if spaced(is.Type) != spaced(want.Type) {
		return fmt.Errorf("table %[1]s: column %[2]s is %[3]s, the catalogue says %[4]s; give the new meaning a new name, or run ALTER TABLE %[1]s MODIFY COLUMN `%[2]s` %[4]s if every stored value fits",
			table, want.Name, is.Type, want.Type)
	}
	kind, expr := defaultOf(want)
	// The server makes up an expression for an EPHEMERAL column without one.
	if kind != is.Kind || kind != "EPHEMERAL" && norm[expr] != norm[is.Expr] {
		return fmt.Errorf("table %[1]s: column %[2]s is computed as %[3]q, the catalogue says %[4]q; new rows would differ from old ones: run ALTER TABLE %[1]s MODIFY COLUMN %[5]s if that is right",
			table, want.Name, strings.TrimSpace(is.Kind+" "+is.Expr), want.Expr, want.DDL())
	}
	return nil
}

// defaultOf splits a column's Expr into its kind and expression.
func defaultOf(c schemas.Column) (kind, expr string) {
	kind, expr, _ = strings.Cut(c.Expr, " ")
	return kind, strings.TrimSpace(expr)
}

// view returns the statement that creates or replaces a view, none if it has this text already. The server rewrites the
// text of a view, so a fingerprint of ours in the comment tells.
func (s *state) view(v schemas.View) ([]string, error) {
	sum := sha256.Sum256([]byte(v.SQL + "\n" + v.Doc))
	comment := strings.TrimSpace(fmt.Sprintf("%s [tidemark %x]", v.Doc, sum[:6]))
	is := s.tables[v.Name]
	if is != nil && is.Engine != "View" {
		return nil, fmt.Errorf("view %s: a table of engine %s has this name: rename or drop it", v.Name, is.Engine)
	}
	if is != nil && is.Comment == comment {
		return nil, nil
	}
	v.Doc = comment
	return []string{v.DDL()}, nil
}
