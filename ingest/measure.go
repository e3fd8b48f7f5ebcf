package ingest

import (
	"math"
	"strconv"

	"tidemark/schemas"
)

// Most that a page can measure. Beyond it a clock was set while it ran, or the number is made up.
const (
	maxPageMS    = 600_000   // a page that takes ten minutes is not waited for
	maxEngagedMS = 3_600_000 // the snippet reports every 30 s
	maxShift     = 100       // layout shift: everything moving through the whole window, a hundred times
)

// measure is a number that a page measured. What is no number is remembered and blamed only where the event's type gives
// it a meaning: a custom event may have any property of that name.
type measure struct {
	value    float64
	set, bad bool
}

// measure reads a number; null counts as absent.
func (r *reader) measure(dst *measure) error {
	kind := r.dec.PeekKind()
	if kind == 'n' {
		return r.dec.SkipValue()
	}
	raw, err := r.dec.ReadValue()
	if err != nil {
		return err
	}
	dst.set = true
	dst.value, err = strconv.ParseFloat(string(raw), 64)
	dst.bad = kind != '0' || err != nil
	return nil
}

// measures are those of a page view.
type measures struct {
	load, lcp, inp, shift, engaged measure
}

func (m *measures) measure(name []byte) *measure {
	switch string(name) {
	case "load_ms":
		return &m.load
	case "lcp_ms":
		return &m.lcp
	case "inp_ms":
		return &m.inp
	case "cls":
		return &m.shift
	case "engaged_ms":
		return &m.engaged
	}
	return nil
}

// vitals says whether anything of how fast a page was is there.
func (m *measures) vitals() bool { return m.load.set || m.lcp.set || m.inp.set || m.shift.set }

// fill adds the measures that the event's type has.
func (m *measures) fill(c *schemas.Click) *fault {
	switch c.Type {
	case schemas.ClickEngagement:
		return m.engaged.fill("engaged_ms", maxEngagedMS, 1, &c.EngagedMS)
	case schemas.ClickWebVitals:
		for _, f := range [...]*fault{
			m.load.fill("load_ms", maxPageMS, 1, &c.LoadMS), m.lcp.fill("lcp_ms", maxPageMS, 1, &c.LCPMS),
			m.inp.fill("inp_ms", maxPageMS, 1, &c.INPMS), m.shift.fill("cls", maxShift, 1000, &c.CLSMilli),
		} {
			if f != nil {
				return f
			}
		}
	}
	return nil
}

// fill stores the number in units of 1/scale, rounded.
func (m measure) fill(field string, most, scale float64, dst *int64) *fault {
	if m.bad || m.value < 0 || m.value > most {
		return &fault{KindBadAmount, field + " is no number in range"}
	}
	*dst = int64(math.Round(m.value * scale))
	return nil
}
