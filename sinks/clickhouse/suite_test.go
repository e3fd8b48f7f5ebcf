package clickhouse

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks/sinktest"
)

var _ processors.Sink = (*Sink)(nil)

// store adapts a Sink to the suite.
type store struct{ *Sink }

func TestSuite(t *testing.T) {
	sinktest.Run(t, func(t *testing.T, env sinktest.Env) sinktest.Store {
		s := openSink(t, front(t, env.LoseAnswer), newDatabase(t), Options{})
		if _, err := s.Apply(t.Context(), Schema{Tables: env.Tables}); err != nil {
			t.Fatal(err)
		}
		return store{s}
	})
}

// Rows reads a table as ReplacingMergeTree shows it after the last merge.
func (s store) Rows(ctx context.Context, table *schemas.Table) ([]map[string]any, error) {
	var columns []string
	for _, c := range table.Columns {
		if c.Expr != "EPHEMERAL" && !strings.HasPrefix(c.Type, "AggregateFunction") {
			columns = append(columns, quote(c.Name))
		}
	}
	key := make([]string, len(table.OrderBy))
	for i, name := range table.OrderBy {
		key[i] = quote(name)
	}
	rows, err := s.Query(ctx, fmt.Sprintf("SELECT %s FROM %s FINAL ORDER BY %s", strings.Join(columns, ","), table.Name, strings.Join(key, ",")))
	for _, row := range rows {
		for name, v := range row {
			row[name] = own(v)
		}
	}
	return rows, err
}

// own turns clickhouse-go's types into those of schemas.
func own(v any) any {
	switch v := v.(type) {
	case time.Time:
		return schemas.Millis(v.UnixMilli())
	case decimal.Decimal:
		return amount(v)
	case []decimal.Decimal:
		return each(v, amount)
	default:
		return v
	}
}

// amount takes the low and high 64 bits of the micro-units.
func amount(d decimal.Decimal) schemas.Decimal {
	micros := d.Shift(scale).BigInt()
	word := new(big.Int).SetUint64(math.MaxUint64)
	return schemas.Decimal{Lo: new(big.Int).And(micros, word).Uint64(), Hi: new(big.Int).Rsh(micros, 64).Int64()}
}
