package clickhouse

import "context"

// Exec runs a statement that returns no rows, such as INSERT ... SELECT, and waits until the server has done it. What a
// failed or cancelled one has stored is open.
func (s *Sink) Exec(ctx context.Context, sql string, params ...Param) error {
	if err := s.conn.Exec(ctx, sql, bind(params)...); err != nil {
		return s.explain(ctx, "statement", "", err)
	}
	return nil
}
