package rollup

import (
	"cmp"
	"slices"
	"time"

	"tidemark/processors"
	"tidemark/schemas"
)

// settle is how long after its end a period may still be changed by what was on its way.
const settle = 2 * time.Minute

// plan is what is known of one rollup and shop at one moment; what to do follows from it alone.
type plan struct {
	spec    *processors.Spec
	cal     calendar
	now     schemas.Millis // of the clock
	newest  schemas.Millis // latest event of the shop in the rollup's sources
	runs    map[schemas.Millis]processors.RunRow
	touched []schemas.Millis // moments that new events touch
	before  []rebuilt        // periods of the rollups that this one comes after
}

// rebuilt is a period of another rollup with its version.
type rebuilt struct {
	period
	ver uint64
}

// todo is what a pass has to do, the newest periods first.
type todo struct {
	build []period
	drop  []period // no longer kept: see Thin
	held  int      // due, but their raw events have been deleted since
}

// due finds what has to be done.
func (p *plan) due() todo {
	want := map[schemas.Millis]period{}
	add := func(d period) { want[d.begins] = d }
	add(p.cal.at(p.now))
	hash := p.spec.RollupHash()
	var out todo
	for _, r := range p.runs {
		d := period{r.Period, r.Ends}
		switch stale := p.cal.at(r.Period) != d; {
		case stale && r.Rows > 0: // the shop's zone has changed
			out.drop = append(out.drop, d)
			for _, now := range p.cal.between(d.begins, d.ends) {
				add(now)
			}
		case stale:
		case !p.kept(d):
			if r.Rows > 0 {
				out.drop = append(out.drop, d)
			}
		case !r.Complete || r.Hash != hash:
			add(d)
		}
	}
	p.skipped(add)
	p.touch(add)
	p.follow(add)
	for _, d := range want {
		switch {
		case d.begins > p.now || !p.kept(d):
		case p.expired(d):
			out.held++
		default:
			out.build = append(out.build, d)
		}
	}
	// A period that begins with one that is no longer kept, as after a change of the zone, takes its place.
	out.drop = slices.DeleteFunc(out.drop, func(d period) bool {
		return slices.ContainsFunc(out.build, func(now period) bool { return now.begins == d.begins })
	})
	newestFirst := func(a, b period) int { return cmp.Compare(b.begins, a.begins) }
	slices.SortFunc(out.build, newestFirst)
	slices.SortFunc(out.drop, newestFirst)
	return out
}

// skipped adds the periods that have begun since the last one that was computed: nobody was there while they were open,
// and what touches them may have been seen before they began.
func (p *plan) skipped(add func(period)) {
	var last schemas.Millis
	for begins := range p.runs {
		last = max(last, begins)
	}
	if last == 0 {
		return
	}
	for d := p.cal.next(p.cal.at(last)); d.begins <= p.now; d = p.cal.next(d) {
		add(d)
	}
}

// touch adds the periods that new events change.
func (p *plan) touch(add func(period)) {
	span := schemas.Millis(p.spec.Rollup.Touch.Span.Milliseconds())
	slices.Sort(p.touched)
	var done schemas.Millis // periods before have been added
	for _, t := range p.touched {
		for d := p.cal.at(max(t, done)); d.begins <= min(t+span, p.now); d = p.cal.next(d) {
			add(d)
			done = d.ends
		}
	}
}

// follow adds the periods that rest on others which have been rebuilt since.
func (p *plan) follow(add func(period)) {
	span := schemas.Millis(p.spec.Rollup.Touch.Span.Milliseconds())
	for _, b := range p.before {
		for d := p.cal.at(b.begins); d.begins <= p.now && (d.begins < b.ends || d.begins <= b.begins+span); d = p.cal.next(d) {
			if r, ok := p.runs[d.begins]; !ok || r.Ver < b.ver {
				add(d)
			}
		}
	}
}

// kept says whether a period of a thinned rollup is one of those that stay: of the last days before now or before the
// shop's newest event, or the last of its month.
func (p *plan) kept(d period) bool {
	thin := p.spec.Rollup.Thin
	if thin == 0 || p.cal.endsMonth(d) {
		return true
	}
	days := schemas.Millis((time.Duration(thin) * 24 * time.Hour).Milliseconds())
	return d.ends > p.now-days || d.ends > p.newest-days && d.begins <= p.newest
}

// expired says that raw events of the period have been deleted by age: what was computed from them must stay. Events are
// kept from the moment they were received, so a period that was built long after its end, from imported history, counts
// from then.
func (p *plan) expired(d period) bool {
	r, built := p.runs[d.begins]
	if !built {
		return false
	}
	for _, family := range p.spec.Rollup.Sources {
		keep := schemas.Retention(family)
		sure := schemas.Millis((keep - 2*24*time.Hour).Milliseconds())
		imported := r.First > d.ends+schemas.Millis(keep.Milliseconds())
		if p.now > d.ends+sure && !(imported && p.now < r.First+sure) {
			return true
		}
	}
	return false
}

// Bounds of a batch: periods that one statement computes.
const (
	batchPeriods = 400                 // unless the rollup sets another
	batchGap     = 62 * 24 * time.Hour // a wider gap would make it read what lies between
)

// batches splits periods, newest first, into lists of at most so many.
func batches(all []period, most int) [][]period {
	var out [][]period
	for _, d := range all {
		last := len(out) - 1
		if last < 0 || len(out[last]) == most || time.Duration(out[last][len(out[last])-1].begins-d.ends)*time.Millisecond > batchGap {
			out = append(out, nil)
			last++
		}
		out[last] = append(out[last], d)
	}
	return out
}
