package processors

import (
	"slices"
	"time"
)

// lagEvery is how often the ends of the logs are asked for.
const lagEvery = 5 * time.Second

// watchEnds keeps the ends of the logs up to date. Fetches tell them too, but not for a partition that is paused, whose
// lag is the one that matters.
func (s *session) watchEnds() error {
	for sleep(s.ctx, lagEvery) == nil {
		var topics []string
		ws := s.owned()
		for _, w := range ws {
			if !slices.Contains(topics, w.a.Topic) {
				topics = append(topics, w.a.Topic)
			}
		}
		if len(topics) == 0 {
			continue
		}
		ends, err := s.adm.ListEndOffsets(s.ctx, topics...)
		if err != nil {
			s.cfg.Log.Debug().Err(err).Str("group", s.cfg.Work.Group).Msg("ends of the logs unknown")
		}
		for _, w := range ws {
			if end, ok := ends.Lookup(w.a.Topic, w.a.Partition); ok && end.Err == nil {
				w.end.Store(end.Offset)
			}
		}
	}
	return nil
}
