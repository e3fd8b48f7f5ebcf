package preview

import "slices"

// calcs are the ways to make one value of many, some of which may be missing. The result is nil where there is none.
var calcs = map[string]func(values []any) any{
	"last": func(values []any) any {
		if len(values) == 0 {
			return nil
		}
		return values[len(values)-1]
	},
	"lastNotNull": func(values []any) any { return lastNotNull(values) },
	"firstNotNull": func(values []any) any {
		i := slices.IndexFunc(values, func(v any) bool { return v != nil })
		if i < 0 {
			return nil
		}
		return values[i]
	},
	"sum": func(values []any) any { return overNumbers(values, sum) },
	"mean": func(values []any) any {
		return overNumbers(values, func(n []float64) float64 { return sum(n) / float64(len(n)) })
	},
	"min": func(values []any) any { return overNumbers(values, slices.Min[[]float64]) },
	"max": func(values []any) any { return overNumbers(values, slices.Max[[]float64]) },
}

func overNumbers(values []any, calc func([]float64) float64) any {
	var numbers []float64
	for _, v := range values {
		if n, ok := number(v).(float64); ok {
			numbers = append(numbers, n)
		}
	}
	if len(numbers) == 0 {
		return nil
	}
	return calc(numbers)
}

func sum(numbers []float64) float64 {
	var s float64
	for _, n := range numbers {
		s += n
	}
	return s
}

// lastNotNull is the newest value that there is.
func lastNotNull(values []any) any {
	for _, v := range slices.Backward(values) {
		if v != nil {
			return v
		}
	}
	return nil
}
