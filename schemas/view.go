package schemas

// View is a ClickHouse view over Tables.
type View struct {
	Name string
	Doc  string
	SQL  string // the SELECT
}

// DDL returns the statement that creates the view, or replaces an older one of its name.
func (v View) DDL() string {
	sql := "CREATE OR REPLACE VIEW " + v.Name + " AS\n" + v.SQL
	if v.Doc != "" {
		sql += "\nCOMMENT " + quoteSQL(v.Doc)
	}
	return sql
}
