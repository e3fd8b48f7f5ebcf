package alerts

import "slices"

// ranked holds the newest values of a sequence in order of size, so that their quantiles cost nothing.
type ranked struct {
	most   int
	ring   []float64 // by age
	next   int
	values []float64 // by size
}

func newRanked(most int) *ranked { return &ranked{most: most} }

// push adds a value and forgets the oldest when there are too many.
func (r *ranked) push(v float64) {
	if len(r.ring) < r.most {
		r.ring = append(r.ring, v)
	} else {
		i, _ := slices.BinarySearch(r.values, r.ring[r.next])
		r.values = slices.Delete(r.values, i, i+1)
		r.ring[r.next] = v
		r.next = (r.next + 1) % r.most
	}
	i, _ := slices.BinarySearch(r.values, v)
	r.values = slices.Insert(r.values, i, v)
}

// quantile interpolates between the values; 0 for none.
func (r *ranked) quantile(q float64) float64 {
	n := len(r.values)
	if n == 0 {
		return 0
	}
	at := q * float64(n-1)
	i := int(at)
	if i == n-1 {
		return r.values[i]
	}
	return r.values[i] + (at-float64(i))*(r.values[i+1]-r.values[i])
}

func (r *ranked) len() int { return len(r.values) }
