package clickhouse

import (
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"tidemark/schemas"
)

// scale is the number of decimals of money: micro-units.
const scale = 6

// fit turns a column of a Block into a slice that clickhouse-go appends to a column of the ClickHouse type without
// losing anything; integers that the type cannot hold are an error, since the server would wrap them silently.
func fit(data any, typ string) (any, error) {
	switch v := data.(type) {
	case []int64:
		return fitInt(v, typ)
	case []uint64:
		return fitInt(v, typ)
	case []schemas.Millis:
		return fitMillis(v, typ), nil
	case []schemas.Money:
		return each(v, money), nil
	case []schemas.Decimal:
		return each(v, wide), nil
	case [][]schemas.Money:
		return each(v, func(row []schemas.Money) []decimal.Decimal { return each(row, money) }), nil
	default:
		return data, nil
	}
}

func each[S, T any](in []S, f func(S) T) []T {
	out := make([]T, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}

func money(m schemas.Money) decimal.Decimal { return decimal.New(int64(m), -scale) }

func wide(d schemas.Decimal) decimal.Decimal { return decimal.NewFromBigInt(d.Big(), -scale) }

// The times that DateTime64 can show and clickhouse-go, which counts nanoseconds, can carry.
const (
	firstMillis schemas.Millis = -2_208_988_800_000 // 1900-01-01T00:00:00Z
	lastMillis  schemas.Millis = 9_223_372_036_854  // 2262-04-11T23:47:16.854Z
)

// fitMillis hands integers to DateTime64, which takes them as milliseconds, and times to the types that would not. A time
// beyond the limits comes of a broken clock; it is moved to the limit, since clickhouse-go would wrap it silently and an
// error would stop the partition.
func fitMillis(v []schemas.Millis, typ string) any {
	switch {
	case typ == "Int64":
		return each(v, func(m schemas.Millis) int64 { return int64(m) })
	case strings.HasPrefix(typ, "DateTime64"):
		return each(v, func(m schemas.Millis) int64 { return int64(min(max(m, firstMillis), lastMillis)) })
	}
	return each(v, func(m schemas.Millis) time.Time { return time.UnixMilli(int64(m)).UTC() })
}

type integer interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

func fitInt[S integer](v []S, typ string) (any, error) {
	switch typ {
	case "Int8":
		return convert[int8](v)
	case "Int16":
		return convert[int16](v)
	case "Int32":
		return convert[int32](v)
	case "Int64":
		return convert[int64](v)
	case "UInt8":
		return convert[uint8](v)
	case "UInt16":
		return convert[uint16](v)
	case "UInt32":
		return convert[uint32](v)
	case "UInt64":
		return convert[uint64](v)
	default:
		return nil, fmt.Errorf("integers do not fit %s", typ)
	}
}

func convert[T, S integer](in []S) (any, error) {
	if same, ok := any(in).([]T); ok {
		return same, nil
	}
	out := make([]T, len(in))
	for i, v := range in {
		out[i] = T(v)
		if S(out[i]) != v || (out[i] < 0) != (v < 0) {
			return nil, fmt.Errorf("row %d: %d is beyond the range of %T", i, v, out[i])
		}
	}
	return out, nil
}
