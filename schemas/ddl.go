package schemas

import "strings"

// DDL is the statement that creates the table. With ifNotExists it leaves a table of that name as it is.
func (t *Table) DDL(ifNotExists bool) string {
	var b strings.Builder
	b.WriteString("CREATE TABLE ")
	if ifNotExists {
		b.WriteString("IF NOT EXISTS ")
	}
	b.WriteString(t.Name + "\n(\n")
	for i, c := range t.Columns {
		if i > 0 {
			b.WriteString(",\n")
		}
		b.WriteString("    " + c.DDL())
	}
	b.WriteString("\n)\nENGINE = " + t.Engine)
	if t.Partition != "" {
		b.WriteString("\nPARTITION BY " + t.Partition)
	}
	b.WriteString("\nORDER BY (" + strings.Join(t.OrderBy, ", ") + ")")
	if t.TTL != "" {
		b.WriteString("\nTTL " + t.TTL)
	}
	if t.Doc != "" {
		b.WriteString("\nCOMMENT " + quoteSQL(t.Doc))
	}
	return b.String()
}

// DDL is the column as it stands in CREATE TABLE and in ALTER TABLE ADD COLUMN.
func (c *Column) DDL() string {
	s := "`" + c.Name + "` " + c.Type
	if c.Expr != "" {
		s += " " + c.Expr
	}
	if c.Doc != "" {
		s += " COMMENT " + quoteSQL(c.Doc)
	}
	return s
}

// quoteSQL writes a string literal of ClickHouse.
func quoteSQL(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}
