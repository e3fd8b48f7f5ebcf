package alerts

import "tidemark/schemas"

// history is one series' windows around one hour of the week, three hours of each week, as they fill in. It is used
// again for every series.
type history struct {
	window  schemas.Millis
	perHour int
	num     [baselineWeeks][]float64
	den     [baselineWeeks][]float64
	exists  [baselineWeeks]bool // weeks that the series had begun by
	a, b, c []float64           // scratch
}

func newHistory(window schemas.Millis) *history {
	h := &history{window: window, perHour: int(hour / window)}
	for w := range baselineWeeks {
		h.num[w], h.den[w] = make([]float64, 3*h.perHour), make([]float64, 3*h.perHour)
	}
	return h
}

// reset empties the history for a series that was first seen at the given time.
func (h *history) reset(at *hourOfWeek, first schemas.Millis) {
	for w := range baselineWeeks {
		clear(h.num[w])
		clear(h.den[w])
		h.exists[w] = first <= at.past[w]-hour
	}
}

// add puts a window in its place. Windows outside the hour's own stretches, read for another zone, are passed over.
func (h *history) add(at *hourOfWeek, p Point) {
	for w := range baselineWeeks {
		if into := p.Start - (at.past[w] - hour); into >= 0 && into < 3*hour {
			h.num[w][into/h.window], h.den[w][into/h.window] = p.Num, p.Den
		}
	}
}
