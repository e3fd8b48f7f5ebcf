package processors

import (
	"fmt"
	"strings"

	"tidemark/processors/agg"
	"tidemark/schemas"
)

// ConsumerGroup is the name of the Kafka consumer group that does the work of one group.
func ConsumerGroup(group string) string { return "tidemark-" + group }

// watermarksView shows the newest incarnation of every partition.
func watermarksView() schemas.View {
	return schemas.View{
		Name: "v_watermarks", Doc: "How far each consumer group has come in each partition of the topics as they are now.",
		SQL: "SELECT `group`, topic, partition, argMax(part, w.at) AS part, argMax(w.m, w.at) AS m, max(w.at) AS written\n" +
			"FROM watermarks AS w FINAL\nGROUP BY `group`, topic, partition",
	}
}

// View merges the metric's partial rows: the newest version of each that is no tombstone, added up over the partitions,
// with the derived values and whether the window is complete. Its columns merge further: sums add up, and a <name>_state merges with
// uniqMerge, so any longer period can be read from it.
func (s *Spec) View() schemas.View {
	if s.Rollup != nil {
		return s.rollupView()
	}
	dims := strings.Join(append([]string{"window_start"}, s.Dims...), ", ")
	var inner, outer []string
	for _, m := range s.Measures {
		inner = append(inner, m.merged()...)
		outer = append(outer, m.names()...)
	}
	for _, v := range s.Values {
		outer = append(outer, v.SQL+" AS "+v.Name)
	}
	sql := fmt.Sprintf("SELECT %s,\n  %s,\n  complete\nFROM (\n  SELECT %s,\n    %s AS complete,\n    %s\n  FROM %s AS t FINAL\n  WHERE NOT t.%s\n  GROUP BY %s\n)",
		dims, strings.Join(outer, ",\n  "), dims, s.complete(), strings.Join(inner, ",\n    "), s.TableName(), columnGone, dims)
	return schemas.View{Name: s.ViewName(), Doc: s.Help, SQL: sql}
}

// complete is true once every partition of the topic has passed the window's end, unless the window was cut and has not
// been recomputed.
func (s *Spec) complete() string {
	return fmt.Sprintf("(window_start + toIntervalMillisecond(%d) <= (SELECT min(m) FROM v_watermarks WHERE `group` = '%s' AND topic = '%s')"+
		" AND window_start NOT IN (%s))", s.Window.SizeMS()+s.lateBy(), ConsumerGroup(s.Group), s.Topic, openCuts(s.Name))
}

// merged is how the measure's partial rows become one.
func (m MeasureSpec) merged() []string {
	n := m.Name
	switch m.Kind {
	case KindMin:
		return []string{fmt.Sprintf("nullIf(min(t.%s), %d) AS %s", n, int64(agg.NoMin), n)}
	case KindMax:
		return []string{fmt.Sprintf("nullIf(max(t.%s), %d) AS %s", n, int64(agg.NoMax), n)}
	case KindUniq:
		return []string{
			"if(complete, uniqMerge(t." + n + "_state), sum(t." + n + ")) AS " + n,
			"uniqMergeState(t." + n + "_state) AS " + n + "_state",
		}
	case KindQuantile:
		return []string{"sumMap(t." + n + ") AS " + n}
	case KindLast:
		return []string{"argMax(t." + n + ", t." + n + "_at) AS " + n, "max(t." + n + "_at) AS " + n + "_at"}
	default:
		return []string{"sum(t." + n + ") AS " + n}
	}
}

func (m MeasureSpec) names() []string {
	switch m.Kind {
	case KindUniq:
		return []string{m.Name, m.Name + "_state"}
	case KindLast:
		return []string{m.Name, m.Name + "_at"}
	default:
		return []string{m.Name}
	}
}

// Views lists the views of all metrics, after the one they rest on, and those of what was recomputed.
func (c Catalogue) Views() []schemas.View {
	v := []schemas.View{watermarksView(), dirtyView(), correctionsView(), accountsView()}
	for i := range c {
		v = append(v, c[i].View())
	}
	return v
}
