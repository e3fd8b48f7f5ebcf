package alerts

import "math"

// countDrift is the variance of the mean beyond chance, seen and hidden.
func (h *history) countDrift(b *weekly) (beyond, hidden float64) {
	return h.overBlocks(b.level, func(block int) (float64, float64) {
		off := h.c[:0]
		for w := range baselineWeeks {
			for from := 0; h.exists[w] && from+block <= 3*h.perHour; from += block {
				middle := (float64(from)+float64(block)/2)/float64(h.perHour) - 1.5
				mean := max(0, b.level+b.slope*middle) * float64(block)
				off = append(off, math.Abs(sum(h.num[w][from:from+block])-mean))
			}
		}
		h.c = off
		n := float64(block)
		beyond, hidden := excess(median(off), n*b.level, len(off))
		return beyond / (n * n), hidden / (n * n)
	})
}

// overBlocks measures blocks of several lengths, where enough is expected of one for a spread to be told from rounding:
// short ones show bursts, long ones hide less of a slow drift.
func (h *history) overBlocks(perWindow float64, measure func(block int) (beyond, hidden float64)) (beyond, hidden float64) {
	beyond, hidden = measure(h.perHour)
	for _, n := range [...]int{1, 5, 15} {
		if h.perHour%n == 0 && perWindow*float64(n) >= 30 {
			b, hid := measure(n)
			beyond, hidden = max(beyond, b), min(hidden, hid)
		}
	}
	return beyond, hidden
}

// ratioDrift is the same for a ratio: from the standardised deviations of blocks.
func (h *history) ratioDrift(p, denPerWindow float64) (beyond, hidden float64) {
	return h.overBlocks(denPerWindow*min(p, 1-p), func(block int) (float64, float64) {
		off, dens := h.c[:0], h.a[:0]
		for w := range baselineWeeks {
			for from := 0; h.exists[w] && from+block <= 3*h.perHour; from += block {
				num, den := sum(h.num[w][from:from+block]), sum(h.den[w][from:from+block])
				if den > 0 {
					off, dens = append(off, math.Abs(num-den*p)/math.Sqrt(den*p*(1-p))), append(dens, den)
				}
			}
		}
		h.c, h.a = off, dens
		beyond, hidden := excess(median(off), 1, len(off))
		unit := p * (1 - p) / max(median(dens), 1)
		return beyond * unit, hidden * unit
	})
}

// doubt widens a variance that rests on few weeks: they know little of how weeks differ.
func doubt(weeks int) float64 { return 1 + 3/float64(weeks) }
