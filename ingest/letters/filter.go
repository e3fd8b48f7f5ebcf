package letters

import (
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

// compile makes the filter's test, which asks for a key in the same time however many there are.
func (f *Filter) compile() func(key string, l *ingest.Letter) bool {
	keys := map[string]bool{}
	for _, key := range f.Keys {
		keys[key] = true
	}
	return func(key string, l *ingest.Letter) bool {
		at := time.UnixMilli(int64(l.ReceivedAt))
		return (len(keys) == 0 || keys[key]) &&
			(f.Kind == "" || f.Kind == string(l.Kind)) &&
			(f.Source == "" || f.Source == l.Source) &&
			(f.Shop == "" || f.Shop == l.Shop) &&
			(f.Topic == "" || f.Topic == l.Topic) &&
			(f.Since.IsZero() || !at.Before(f.Since)) &&
			(f.Until.IsZero() || at.Before(f.Until))
	}
}
