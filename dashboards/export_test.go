package dashboards

// The SQL of the panels over corrections, for tests on the engine.
const (
	OpenCorrectionsSQL = openCorrectionsSQL
	CorrectionsSQL     = correctionsSQL
)
