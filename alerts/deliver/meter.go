package deliver

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// meter counts what became of requests, by receiver and result: ok, failed (tried again), refused (given up).
type meter struct{ requests *prometheus.CounterVec }

// newMeter shares one counter between all receivers of a registry; nil for none.
func newMeter(reg prometheus.Registerer) (*meter, error) {
	m := &meter{requests: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "tidemark_deliver_requests_total", Help: "Requests to those who are told of incidents, by result: ok, failed, refused.",
	}, []string{"receiver", "result"})}
	if reg == nil {
		return m, nil
	}
	var have prometheus.AlreadyRegisteredError
	switch err := reg.Register(m.requests); {
	case errors.As(err, &have):
		if c, ok := have.ExistingCollector.(*prometheus.CounterVec); ok {
			m.requests = c
			return m, nil
		}
		return nil, err
	default:
		return m, err
	}
}

// results of a request.
const (
	resultOK      = "ok"
	resultFailed  = "failed"
	resultRefused = "refused"
)

// preset makes a receiver's series exist before its first failure: a rate needs a value to start from.
func (m *meter) preset(receiver string) {
	for _, result := range []string{resultOK, resultFailed, resultRefused} {
		m.requests.WithLabelValues(receiver, result)
	}
}

func (m *meter) count(receiver string, err error) {
	var refused *refusedError
	result := resultOK
	switch {
	case errors.As(err, &refused):
		result = resultRefused
	case err != nil:
		result = resultFailed
	}
	m.requests.WithLabelValues(receiver, result).Inc()
}
