package webhook

import "tidemark/schemas"

// Status maps one of a provider's words to ours.
type Status struct {
	Code string // as the provider writes it
	Type string // our type of logistics event
	Note string // why, where it is not plain
}

// statusOf looks a code up. What no row lists is unknown.
func statusOf(statuses []Status, code string) (eventType string, known bool) {
	for _, s := range statuses {
		if s.Code == code {
			return s.Type, s.Type != schemas.ParcelUnknown
		}
	}
	return schemas.ParcelUnknown, false
}

// same makes rows of codes that mean one thing.
func same(eventType, note string, codes ...string) []Status {
	out := make([]Status, len(codes))
	for i, c := range codes {
		out[i] = Status{c, eventType, note}
	}
	return out
}
