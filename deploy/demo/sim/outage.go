package sim

import (
	"slices"
	"sync"
	"time"
)

// outcome is what becomes of a payment.
type outcome uint8

const (
	either outcome = iota // the event does not depend on the payment
	paid
	failed
)

// payment ties an event of a plan to a payment: the event happens only with this outcome, which is decided at a moment
// after the visit began. A plan holds both courses, so that it stays a pure function; time picks one.
type payment struct {
	outcome outcome
	after   time.Duration
}

// outage keeps when payments failed, by shop. The zero value says never.
type outage struct {
	mu    sync.Mutex
	spans []outageSpan
}

// outageSpan is one outage of a shop; a zero to means that it goes on.
type outageSpan struct {
	shop     string
	from, to time.Time
}

// set switches the outage of a shop on or off. The clock is read under the lock, so that no moment that has been judged
// is judged differently later: an event and its copy always agree.
func (o *outage) set(on bool, shop string, clock func() time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	i := slices.IndexFunc(o.spans, func(s outageSpan) bool { return s.shop == shop && s.to.IsZero() })
	switch {
	case on && i < 0:
		o.spans = append(o.spans, outageSpan{shop: shop, from: clock()})
	case !on && i >= 0:
		o.spans[i].to = clock()
	}
}

// at is the outcome of a payment at a moment that has passed.
func (o *outage) at(shop string, moment time.Time) outcome {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range o.spans {
		if s.shop == shop && !moment.Before(s.from) && (s.to.IsZero() || moment.Before(s.to)) {
			return failed
		}
	}
	return paid
}

// FailPayments lets every payment fail from now on, or work again, in the named shops, in all where none is named.
// Visitors who are on their way to the till when it begins are hit as well. It may be called at any time.
func (s *Simulator) FailPayments(fail bool, shops ...string) {
	for i := range s.shops {
		if len(shops) == 0 || slices.Contains(shops, s.shops[i].ID) {
			s.outage.set(fail, s.shops[i].ID, time.Now)
		}
	}
}
