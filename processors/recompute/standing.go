package recompute

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// standing is how far the stream and land have come.
type standing struct {
	m       int64            // every partition of the metric's topic has reached this event time
	upto    map[uint64]int64 // raw events before these offsets are stored, by part; parts that can be counted
	live    []uint64         // of upto, those of the live topic
	leftOut []string         // parts that cannot be counted, and why
	kept    int64            // the first window whose raw events in the live topic retention cannot have begun to delete
	faded   []uint64         // of upto, parts of history of which retention has deleted events: see Recompute.faded
	behind  string           // why the raw events are not yet whole; empty where they are
}

// closedTo is the first window that is still open.
func (s *standing) closedTo(d *processors.Definition) int64 {
	last := s.m - d.FinalAfter().Milliseconds() - d.Window.SizeMS()
	return d.Window.Last(last) + d.Window.StepMS()
}

// without is a map by part less some parts.
func without(upto map[uint64]int64, parts []uint64) map[uint64]int64 {
	left := maps.Clone(upto)
	for _, p := range parts {
		delete(left, p)
	}
	return left
}

// mark is a row of watermarks.
type mark struct {
	Group     string `ch:"group"`
	Topic     string `ch:"topic"`
	Partition int64  `ch:"partition"`
	Part      uint64 `ch:"part"`
	M         int64  `ch:"m"`
	Next      int64  `ch:"next"`
	At        int64  `ch:"at"`
}

// place is a partition as a group sees it.
type place struct {
	group, topic string
	partition    int64
}

// behindPause is how often a recompute looks whether land has caught up.
const behindPause = time.Second

// standing reads how far everybody is, and waits until land has stored what the metric's group has counted.
func (r *Recompute) standing(ctx context.Context, d *processors.Definition, job Job) (standing, error) {
	for n := 0; ; n++ {
		s, err := r.look(ctx, d, job)
		switch {
		case err != nil || s.behind == "":
			return s, err
		case job.noWait:
			return s, fmt.Errorf("%w: %s", ErrBehind, s.behind)
		case n%30 == 0:
			r.Log.Warn().Str("metric", d.Name).Str("why", s.behind).Msg("waiting for land: is `tidemark land` running?")
		}
		select {
		case <-ctx.Done():
			return s, fmt.Errorf("%w: %s: %w", ErrBehind, s.behind, context.Cause(ctx))
		case <-time.After(behindPause):
		}
	}
}

func (r *Recompute) look(ctx context.Context, d *processors.Definition, job Job) (standing, error) {
	raw := families()[d.Family]
	marks, err := clickhouse.Select[mark](ctx, r.Sink, fmt.Sprintf(
		"SELECT `group`, topic, partition, part, toUnixTimestamp64Milli(w.m) AS m, toInt64(bitAnd(ver, %d)) AS next, toUnixTimestamp64Milli(w.at) AS at\nFROM watermarks AS w FINAL WHERE topic IN ({live:String}, {past:String}) AND `group` IN ({land:String}, {group:String})",
		processors.OffsetMask), clickhouse.Param{Name: "live", Value: raw.live}, clickhouse.Param{Name: "past", Value: raw.past},
		clickhouse.Param{Name: "land", Value: processors.ConsumerGroup("land")}, clickhouse.Param{Name: "group", Value: processors.ConsumerGroup(d.Group)})
	if err != nil {
		return standing{}, err
	}
	spans, err := r.spans(ctx, raw, marks, job)
	if err != nil {
		return standing{}, err
	}
	s := standingOf(marks, raw, processors.ConsumerGroup(d.Group), job, spans)
	retention, err := r.retention(ctx, d.Family, raw)
	if err != nil {
		return standing{}, err
	}
	gone := r.Now().Add(schemas.Underway - retention).UnixMilli() // what was received before may have been deleted
	s.kept = ceil(gone+d.Lead(), d.Window.StepMS())
	if s.faded, err = r.faded(ctx, gone, spans); err != nil {
		return standing{}, err
	}
	for _, part := range s.faded {
		s.leftOut = append(s.leftOut, fmt.Sprintf("part %d: what earlier imports added stays where retention has deleted their raw events", part))
	}
	if s.m == 0 {
		return s, fmt.Errorf("group %s has not read topic %s yet, so no window is known to be closed: start `tidemark process`, or say that no stream writes here (--offline)",
			processors.ConsumerGroup(d.Group), raw.live)
	}
	return s, nil
}

// takes says whether the job is about a part.
func (j *Job) takes(part uint64) bool { return j.Parts == nil || slices.Contains(j.Parts, part) }

// standingOf draws the conclusions. Of a topic that was created again the watermarks hold several incarnations, and the
// newest counts. Of a job that names parts of history alone every window is closed and nobody need be waited for: no stream
// writes windows of history.
func standingOf(marks []mark, raw raw, group string, job Job, spans map[uint64]span) standing {
	s := standing{upto: map[uint64]int64{}}
	if job.Offline {
		s.m = int64(processors.Infinity)
		for part, of := range spans {
			if job.takes(part) {
				s.upto[part] = of.next
			}
		}
		return s
	}
	newest, landed, counted := map[place]mark{}, map[uint64]mark{}, map[uint64]mark{}
	for _, k := range marks {
		at := place{k.Group, k.Topic, k.Partition}
		if old, ok := newest[at]; !ok || k.At > old.At {
			newest[at] = k
		}
		if k.Group == group {
			counted[k.Part] = k
		} else {
			landed[k.Part] = k
		}
	}
	for at, k := range newest {
		if at.group != group || at.topic != raw.live {
			continue
		}
		if s.m == 0 || k.M < s.m {
			s.m = max(k.M, 1)
		}
		if l := landed[k.Part]; l.Next < k.Next {
			s.behind = fmt.Sprintf("%s/%d: raw events are stored up to offset %d, the metric counted up to %d", k.Topic, k.Partition, l.Next, k.Next)
		}
	}
	for part, l := range landed {
		if job.takes(part) {
			s.addPart(part, l, counted, raw, spans)
		}
	}
	if job.Parts != nil && len(s.live) == 0 {
		s.m, s.behind = int64(processors.Infinity), ""
	}
	slices.Sort(s.live)
	slices.Sort(s.leftOut)
	return s
}

// addPart decides whether a part can be counted.
func (s *standing) addPart(part uint64, l mark, counted map[uint64]mark, raw raw, spans map[uint64]span) {
	leave := func(why string) {
		s.leftOut = append(s.leftOut, fmt.Sprintf("%s/%d (part %d): %s", l.Topic, l.Partition, part, why))
	}
	k, known := counted[part]
	switch {
	case l.Topic == raw.past && spans[part].next == 0:
		if l.Next > 0 {
			leave("its raw events are gone")
		}
		return
	case l.Topic == raw.past:
		s.upto[part] = l.Next
		return
	case !known:
		leave("the metric's group has not begun with it")
		return
	case l.Next < k.Next:
		leave("not all that was counted is stored raw")
		return
	}
	s.upto[part] = l.Next
	s.live = append(s.live, part)
}
