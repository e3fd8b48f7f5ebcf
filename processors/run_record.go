package processors

import (
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

// convert fills w.recs with the chunk's records as a task sees them and returns the offset after the last one. Records
// below next were applied already, those from until on lie behind the end of a bounded run.
func (w *worker) convert(recs []*kgo.Record) (next int64) {
	next = w.next.Load()
	w.recs = w.recs[:0]
	for _, r := range recs {
		if r.Offset < next || w.until >= 0 && r.Offset >= w.until {
			continue
		}
		next = r.Offset + 1
		if r.Attrs.IsControl() {
			continue
		}
		at := schemas.Millis(r.Timestamp.UnixMilli())
		if r.Offset >= w.liveAt {
			w.fresh.see(at)
		}
		w.recs = append(w.recs, Record{Offset: r.Offset, Time: at, Key: r.Key, Value: r.Value, Heartbeat: IsHeartbeat(r)})
	}
	return next
}

// IsHeartbeat says whether a record only tells that time has passed.
func IsHeartbeat(r *kgo.Record) bool {
	if len(r.Value) > 0 || len(r.Key) > 0 {
		return false
	}
	for _, h := range r.Headers {
		if h.Key == schemas.HeartbeatHeader {
			return true
		}
	}
	return false
}

// freshness remembers the append time of the first new record since rows were last taken; 0 where there is none.
type freshness struct {
	full, headline schemas.Millis
}

func (f *freshness) see(at schemas.Millis) {
	if f.full == 0 {
		f.full = at
	}
	if f.headline == 0 {
		f.headline = at
	}
}

// taken returns the time for the kind of flush, which then starts anew. A full flush holds the headline rows too.
func (f *freshness) taken(headline bool) (at schemas.Millis) {
	if headline {
		at, f.headline = f.headline, 0
		return at
	}
	at = f.full
	*f = freshness{}
	return at
}
