package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"strings"

	ch "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"tidemark/schemas"
)

// Schema is the tables and views that a database should hold.
type Schema struct {
	Tables []*schemas.Table
	Views  []schemas.View // a view may build on tables and on views before it
}

// Plan returns the statements that bring the database up to the schema, in order; none if it is. It only adds:
// database, tables, columns, a new TTL, and views, which are replaced when their text has changed. What is in the
// database but not in the schema stays. A column of another type or default, another engine, partition or sorting key
// is refused with an error that says what to do: such a change needs a decision about the rows.
func (s *Sink) Plan(ctx context.Context, want Schema) ([]string, error) {
	conn, err := s.admin()
	if err != nil {
		return nil, err
	}
	defer conn.Close() // read only
	is, err := readState(ctx, conn, s.conf.Auth.Database)
	if err != nil {
		return nil, s.explain(ctx, "read the tables there are", "", err)
	}
	norm, err := is.normalised(ctx, conn, want.Tables)
	if err != nil {
		return nil, s.explain(ctx, "read the catalogue's expressions", "", err)
	}
	var out []string
	if !is.exists {
		out = append(out, "CREATE DATABASE IF NOT EXISTS "+quote(s.conf.Auth.Database))
	}
	var errs []error
	for _, t := range want.Tables {
		statements, err := is.change(t, norm)
		out, errs = append(out, statements...), append(errs, err)
	}
	for _, v := range want.Views {
		statements, err := is.view(v)
		out, errs = append(out, statements...), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("database %s cannot be brought up to the catalogue:\n%w", s.conf.Auth.Database, err)
	}
	return out, nil
}

// Apply runs what Plan returns and returns the statements that were run. It may be repeated and run by several
// processes at once; after a failure the statements before the failed one stay in force.
func (s *Sink) Apply(ctx context.Context, want Schema) ([]string, error) {
	statements, err := s.Plan(ctx, want)
	if err != nil {
		return nil, err
	}
	for i, sql := range statements {
		if err := s.exec(ctx, sql); err != nil {
			return statements[:i], err
		}
	}
	return statements, nil
}

func (s *Sink) exec(ctx context.Context, sql string) error {
	conn := s.conn
	if strings.HasPrefix(sql, "CREATE DATABASE") {
		admin, err := s.admin()
		if err != nil {
			return err
		}
		defer admin.Close() // the statement has answered
		conn = admin
	}
	if err := conn.Exec(ctx, sql); err != nil {
		head, _, _ := strings.Cut(sql, "\n")
		return fmt.Errorf("ClickHouse at %v: %s: %w", s.conf.Addr, head, err)
	}
	return nil
}

// admin connects without the database, which may not exist yet.
func (s *Sink) admin() (driver.Conn, error) {
	conf := *s.conf
	conf.Auth.Database = "system"
	conn, err := ch.Open(&conf)
	if err != nil {
		return nil, fmt.Errorf("ClickHouse at %v: %w", conf.Addr, err)
	}
	return conn, nil
}
