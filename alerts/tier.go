package alerts

import "tidemark/processors"

// next is the tier after a reading: each tier begins at its trigger and ends below its recovery.
func (t Tier) next(sigma float64, yellow, orange processors.Tier) Tier {
	switch {
	case sigma >= orange.Trigger || t == Orange && sigma >= orange.Recover:
		return Orange
	case sigma >= yellow.Trigger || t >= Yellow && sigma >= yellow.Recover:
		return Yellow
	default:
		return Green
	}
}

// Score maps sigma to a number from 0 to 1 that grows with it and is 0.5 at the trigger.
func Score(sigma, trigger float64) float64 {
	if sigma <= 0 {
		return 0
	}
	r := trigger / sigma
	return 1 / (1 + r*r)
}
