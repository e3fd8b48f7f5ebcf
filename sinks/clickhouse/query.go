package clickhouse

import (
	"context"
	"fmt"
	"reflect"

	ch "github.com/ClickHouse/clickhouse-go/v2"
)

// Param is a value for a placeholder {Name:Type} in a query. It travels beside the text, so it needs no quoting.
type Param struct {
	Name  string
	Value any
}

// Query runs a SELECT and returns its rows by column name, each value of clickhouse-go's type for the column:
// time.Time for DateTime64, decimal.Decimal for Decimal, pointers for Nullable. It is for small results.
func (s *Sink) Query(ctx context.Context, sql string, params ...Param) ([]map[string]any, error) {
	rows, err := s.conn.Query(ctx, sql, bind(params)...)
	if err != nil {
		return nil, s.explain(ctx, "query", "", err)
	}
	defer rows.Close()
	var out []map[string]any
	types := rows.ColumnTypes()
	for rows.Next() {
		values := make([]any, len(types))
		for i, t := range types {
			values[i] = reflect.New(t.ScanType()).Interface()
		}
		if err := rows.Scan(values...); err != nil {
			return nil, fmt.Errorf("ClickHouse: read a result row: %w", err)
		}
		row := make(map[string]any, len(types))
		for i, t := range types {
			row[t.Name()] = reflect.ValueOf(values[i]).Elem().Interface()
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		return nil, s.explain(ctx, "query", "", err)
	}
	return out, nil
}

// Select runs a query and reads its rows into structs whose fields carry the column's name in a tag `ch:"name"`.
func Select[T any](ctx context.Context, s *Sink, sql string, params ...Param) ([]T, error) {
	var out []T
	if err := s.conn.Select(ctx, &out, sql, bind(params)...); err != nil {
		return nil, s.explain(ctx, "query", "", err)
	}
	return out, nil
}

// Each is Select for many rows: yield gets them one after the other, as they arrive, and ends the query with an error.
func Each[T any](ctx context.Context, s *Sink, sql string, yield func(T) error, params ...Param) error {
	return EachWith(ctx, s, nil, sql, yield, params...)
}

// EachWith is Each under settings of its own for the query.
func EachWith[T any](ctx context.Context, s *Sink, settings map[string]any, sql string, yield func(T) error, params ...Param) error {
	rows, err := s.conn.Query(ch.Context(ctx, ch.WithSettings(settings)), sql, bind(params)...)
	if err != nil {
		return s.explain(ctx, "query", "", err)
	}
	defer rows.Close()
	for rows.Next() {
		var row T
		if err := rows.ScanStruct(&row); err != nil {
			return fmt.Errorf("ClickHouse: read a result row: %w", err)
		}
		if err := yield(row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return s.explain(ctx, "query", "", err)
	}
	return nil
}

func bind(params []Param) []any {
	out := make([]any, len(params))
	for i, p := range params {
		out[i] = ch.Named(p.Name, p.Value)
	}
	return out
}
