package alerts

// recent holds the newest windows of a series, none left out: as many as the longest span, and one more, so that a
// window that is still open can be added and taken back.
type recent struct {
	ring []Point
	used int
	next int
}

func newRecent(longest int) recent { return recent{ring: make([]Point, longest+1)} }

// push adds the next window and forgets the oldest.
func (w *recent) push(p Point) {
	w.ring[w.next] = p
	w.next = (w.next + 1) % len(w.ring)
	w.used = min(w.used+1, len(w.ring))
}

// drop takes the newest window back.
func (w *recent) drop() {
	w.next = (w.next + len(w.ring) - 1) % len(w.ring)
	w.used--
}

func (w *recent) len() int { return w.used }

// sum adds up the newest n windows, or all that there are.
func (w *recent) sum(n int) span {
	s := span{windows: min(n, w.used)}
	for i := range s.windows {
		p := &w.ring[(w.next+len(w.ring)-1-i)%len(w.ring)]
		s.num += p.Num
		s.den += p.Den
	}
	return s
}
