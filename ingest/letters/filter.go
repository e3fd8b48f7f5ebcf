package letters

import (
	"slices"
	"time"

	"tidemark/ingest"
)

// Filter says which letters are meant; the zero value takes all.
type Filter struct {
	Keys               []string
	Kind, Source, Shop string
	Topic              string    // of the record that a processor buried
	Since, Until       time.Time // of the arrival: [Since, Until)
	Limit              int       // the newest so many; 0 for all
}

func (f *Filter) takes(key string, l *ingest.Letter) bool {
	at := time.UnixMilli(int64(l.ReceivedAt))
	return (len(f.Keys) == 0 || slices.Contains(f.Keys, key)) &&
		(f.Kind == "" || f.Kind == string(l.Kind)) &&
		(f.Source == "" || f.Source == l.Source) &&
		(f.Shop == "" || f.Shop == l.Shop) &&
		(f.Topic == "" || f.Topic == l.Topic) &&
		(f.Since.IsZero() || !at.Before(f.Since)) &&
		(f.Until.IsZero() || at.Before(f.Until))
}
