package schemas

// View is a ClickHouse view over Tables, or, with To, a materialized view: it works on each insert into the table that it reads.
type View struct {
	Name string
	Doc  string
	SQL  string // the SELECT
	// To is the table that a materialized view writes to, empty for a plain one. Rows that are inserted twice must do no harm.
	To string
}

// DDL returns the statement that creates the view. A plain one replaces an older one of its name.
func (v View) DDL() string {
	sql := "CREATE OR REPLACE VIEW " + v.Name + " AS\n" + v.SQL
	if v.To != "" {
		sql = "CREATE MATERIALIZED VIEW IF NOT EXISTS " + v.Name + " TO " + v.To + " AS\n" + v.SQL
	}
	if v.Doc != "" {
		sql += "\nCOMMENT " + quoteSQL(v.Doc)
	}
	return sql
}

// Fill returns the statement with which a materialized view catches up on what was inserted before it was there.
func (v View) Fill() string { return "INSERT INTO " + v.To + "\n" + v.SQL }
