package processors

import (
	"errors"
	"fmt"
	"slices"

	"tidemark/schemas"
)

// Catalogue is all metrics of an installation.
type Catalogue []Definition

// Check reports everything that is wrong with the definitions, alone and together.
func (c Catalogue) Check() error {
	var errs []error
	seen, alerts := map[string]bool{}, map[string]string{}
	for i := range c {
		errs = append(errs, c[i].Spec.Check())
		if seen[c[i].Name] {
			errs = append(errs, fmt.Errorf("metric %q is defined twice", c[i].Name))
		}
		seen[c[i].Name] = true
		for _, a := range c[i].Alerts {
			if owner := alerts[a.Name]; owner != "" {
				errs = append(errs, fmt.Errorf("alert %q belongs to the metrics %q and %q; its name must be its own", a.Name, owner, c[i].Name))
			}
			alerts[a.Name] = c[i].Name
		}
	}
	_, err := c.rollups()
	return errors.Join(append(errs, err)...)
}

// Streams are the metrics that consumer groups count from the log: all but the rollups.
func (c Catalogue) Streams() Catalogue {
	return slices.DeleteFunc(slices.Clone(c), func(d Definition) bool { return d.Rollup != nil })
}

// Tables lists the tables of all metrics.
func (c Catalogue) Tables() []*schemas.Table {
	var t []*schemas.Table
	for i := range c {
		t = append(t, c[i].Table())
	}
	return t
}

// Work is what the consumer group named consumer does for one group of metrics.
func (c Catalogue) Work(group, consumer string) (Work, error) {
	byTopic := map[string][]Definition{}
	var topics []string
	for _, d := range c {
		if d.Group != group {
			continue
		}
		if byTopic[d.Topic] == nil {
			topics = append(topics, d.Topic)
		}
		byTopic[d.Topic] = append(byTopic[d.Topic], d)
	}
	if len(topics) == 0 {
		return Work{}, fmt.Errorf("no metric belongs to group %q; the groups are %q and %q", group, GroupFast, GroupSlow)
	}
	slices.Sort(topics)
	return Work{
		Group:  consumer,
		Topics: topics,
		NewTask: func(a Assignment) (Task, error) {
			defs, ok := byTopic[a.Topic]
			if !ok {
				return nil, fmt.Errorf("%s/%d: no metric reads this topic", a.Topic, a.Partition)
			}
			a.Group = consumer
			return newMetricTask(defs, a)
		},
	}, nil
}
