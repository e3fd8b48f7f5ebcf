package processors

import (
	"cmp"
	"fmt"

	"tidemark/processors/window"
	"tidemark/schemas"
)

// Definition is a metric ready for use: its Spec, and the means to count it, with the event type hidden.
type Definition struct {
	Spec
	newStream func() (stream, error)
	attach    func(stream) error
	plain     func() (Plain, error)
}

// Define makes a metric over the events of a family.
func Define[E any, P event[E]](f schemas.Family[E], m Metric[E]) Definition {
	return DefineOn(familySource[E, P](f), m)
}

// DefineOn makes a metric over any source.
func DefineOn[E any](src Source[E], m Metric[E]) Definition {
	m.By = append(append([]Dim[E]{}, src.Common...), m.By...)
	spec := specOf(m, src.Family, src.Topic)
	spec.Group = GroupFast
	return Definition{
		Spec:      spec,
		newStream: func() (stream, error) { return newTypedStream(src) },
		attach: func(s stream) error {
			t, err := typed[E](s, spec.Name)
			if err != nil {
				return err
			}
			t.direct = append(t.direct, newAggregate(spec, m))
			return nil
		},
		plain: func() (Plain, error) { return plainOf(src, m) },
	}
}

// DefineSessions makes a metric over the sessions of a family.
func DefineSessions[E any, P event[E], S any](f schemas.Family[E], s *Sessions[E, S], m Metric[window.Session[S]]) Definition {
	return DefineSessionsOn(familySource[E, P](f), s, m)
}

// DefineSessionsOn makes a metric over the sessions of any source. Metrics that share s share the sessions.
func DefineSessionsOn[E, S any](src Source[E], s *Sessions[E, S], m Metric[window.Session[S]]) Definition {
	m.By = append(s.common(), m.By...)
	spec := specOf(m, src.Family, src.Topic)
	spec.Group = GroupSlow
	spec.Sessions = s.spec()
	return Definition{
		Spec:      spec,
		newStream: func() (stream, error) { return newTypedStream(src) },
		attach: func(st stream) error {
			t, err := typed[E](st, spec.Name)
			if err != nil {
				return err
			}
			stage := stageFor(t, s)
			if len(stage.metrics) > 0 && stage.dedupe != spec.Dedupe {
				return fmt.Errorf("metric %q: all metrics on the sessions %q must agree on KeepDuplicates", spec.Name, s.Name)
			}
			stage.metrics, stage.dedupe = append(stage.metrics, newAggregate(spec, m)), spec.Dedupe
			return nil
		},
		plain: func() (Plain, error) {
			p, err := plainOf(src, m)
			p.Sessions = plainSessions(src, s)
			return p, err
		},
	}
}

func typed[E any](s stream, metric string) (*typedStream[E], error) {
	t, ok := s.(*typedStream[E])
	if !ok {
		return nil, fmt.Errorf("metric %q: its topic carries another type of event", metric)
	}
	return t, nil
}

func specOf[E any](m Metric[E], family, topic string) Spec {
	s := Spec{
		Name: m.Name, Title: m.Title, Help: m.Help, Formula: m.Formula, Owner: m.Owner,
		Family: family, Topic: topic, Window: m.Window, Lateness: m.Lateness,
		Values: m.Values, Headline: m.Headline, Dedupe: !m.KeepDuplicates, Unread: m.Unread, Revision: m.Revision,
		MaxTuples: cmp.Or(m.MaxTuples, MaxTuples), Panels: m.Panels, Alerts: m.Alerts,
	}
	for _, d := range m.By {
		s.Dims = append(s.Dims, d.Name)
	}
	for _, me := range m.Measures {
		s.Measures = append(s.Measures, MeasureSpec{Name: me.Name, Kind: me.Kind, Unit: me.Unit, Title: me.Title})
	}
	return s
}
