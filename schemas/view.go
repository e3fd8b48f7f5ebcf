package schemas

// View is a ClickHouse view over Tables.
type View struct {
	Name string
	Doc  string
	SQL  string // the SELECT
}

// DDL returns the statement that creates the view, or replaces an older one of its name.
func (v View) DDL() string { return "CREATE OR REPLACE VIEW " + v.Name + " AS\n" + v.SQL }
