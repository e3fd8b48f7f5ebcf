package clickhouse

import (
	"context"
	"regexp"
	"strings"

	ch "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"tidemark/schemas"
)

// state is what a database holds.
type state struct {
	exists bool
	tables map[string]*tableState
}

// tableState is a table or view as the server describes it.
type tableState struct {
	Name      string `ch:"name"`
	Engine    string `ch:"engine"`
	Full      string `ch:"engine_full"`
	Sorting   string `ch:"sorting_key"`
	Partition string `ch:"partition_key"`
	Comment   string `ch:"comment"`
	columns   map[string]columnState
}

type columnState struct {
	Table string `ch:"table"`
	Name  string `ch:"name"`
	Type  string `ch:"type"`
	Kind  string `ch:"default_kind"`
	Expr  string `ch:"default_expression"`
}

func readState(ctx context.Context, conn driver.Conn, database string) (*state, error) {
	s := &state{tables: map[string]*tableState{}}
	db := ch.Named("db", database)
	var names []struct {
		Name string `ch:"name"`
	}
	if err := conn.Select(ctx, &names, "SELECT name FROM system.databases WHERE name = {db:String}", db); err != nil {
		return nil, err
	}
	s.exists = len(names) > 0
	var tables []tableState
	err := conn.Select(ctx, &tables, `SELECT name, engine, engine_full, sorting_key, partition_key, comment
		FROM system.tables WHERE database = {db:String}`, db)
	if err != nil {
		return nil, err
	}
	for i := range tables {
		tables[i].columns = map[string]columnState{}
		s.tables[tables[i].Name] = &tables[i]
	}
	var columns []columnState
	err = conn.Select(ctx, &columns, `SELECT table, name, type, toString(default_kind) AS default_kind, default_expression
		FROM system.columns WHERE database = {db:String}`, db)
	if err != nil {
		return nil, err
	}
	for _, c := range columns {
		if t := s.tables[c.Table]; t != nil { // nil: created between the two queries
			t.columns[c.Name] = c
		}
	}
	return s, nil
}

var (
	engineRule = regexp.MustCompile(`^(.*?)(?: PARTITION BY | PRIMARY KEY | ORDER BY | TTL | SETTINGS |$)`)
	sharedRule = regexp.MustCompile(`^(?:Replicated|Shared)(\w+)(?:\((?:'[^']*', '[^']*'(?:, )?)?(.*)\))?$`)
)

// engine is the engine with its arguments, as the catalogue writes it: the prefix of a replicated table, its path and
// replica are the server's affair.
func (t *tableState) engine() string {
	if t.Full == "" { // a view
		return t.Engine
	}
	engine := spaced(engineRule.FindStringSubmatch(t.Full)[1])
	shared := sharedRule.FindStringSubmatch(engine)
	switch {
	case shared == nil:
		return engine
	case shared[2] == "":
		return shared[1]
	}
	return shared[1] + "(" + shared[2] + ")"
}

var ttlRule = regexp.MustCompile(` TTL (.*?)(?: SETTINGS |$)`)

// ttl is the TTL expression within the engine's full text.
func (t *tableState) ttl() string {
	if m := ttlRule.FindStringSubmatch(t.Full); m != nil {
		return m[1]
	}
	return ""
}

// normal maps an expression to the server's own way of writing it, so that spaces, quotes and INTERVALs do not count.
type normal map[string]string

// normalised asks the server for the normal form of all expressions that change compares.
func (s *state) normalised(ctx context.Context, conn driver.Conn, want []*schemas.Table) (normal, error) {
	var exprs []string
	for _, t := range want {
		is := s.tables[t.Name]
		if is == nil {
			continue
		}
		exprs = append(exprs, key(t.OrderBy), "("+is.Sorting+")", t.Partition, is.Partition, t.TTL, is.ttl())
		for _, c := range t.Columns {
			_, expr := defaultOf(c)
			exprs = append(exprs, expr, is.columns[c.Name].Expr)
		}
	}
	out := normal{"": ""}
	for _, e := range exprs {
		if _, known := out[e]; known {
			continue
		}
		var text []struct {
			SQL string `ch:"sql"`
		}
		if err := conn.Select(ctx, &text, "SELECT formatQuerySingleLine({q:String}) AS sql", ch.Named("q", "SELECT "+e)); err != nil {
			return nil, err
		}
		out[e] = text[0].SQL
	}
	return out, nil
}

// key is a sorting key as ORDER BY takes it.
func key(columns []string) string { return "(" + strings.Join(columns, ", ") + ")" }
