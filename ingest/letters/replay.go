package letters

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/ingest"
)

// Config is what Replay needs.
type Config struct {
	// Read makes records of a letter, or says why there are none; it is (*ingest.Collector).Replay.
	Read     func(key string, l *ingest.Letter) ([]*kgo.Record, error)
	Producer ingest.Producer
	DryRun   bool // only say what each would become
	Again    bool // those too that were replayed before
	Now      func() time.Time
}

// Summary is what became of letters.
type Summary struct{ Sent, Skipped, Refused int }

// Replay sends letters again and says of each what became of it. A letter is marked once its records are acknowledged: what
// comes between the two is replayed again and is the same events, which count once.
func Replay(ctx context.Context, cfg Config, box *Box, out io.Writer) (s Summary, err error) {
	err = box.Each(ctx, func(i *Item) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		outcome, err := replay(ctx, cfg, i, &s)
		if err != nil {
			return fmt.Errorf("letter %s: %w; what was sent before it is marked: give the same command again", i.Key, err)
		}
		_, err = fmt.Fprintf(out, "%s  %s\n", safe(i.Key, false), safe(outcome, false))
		return err
	})
	return s, err
}

func replay(ctx context.Context, cfg Config, i *Item, s *Summary) (outcome string, err error) {
	if !i.Replayed.IsZero() && !cfg.Again {
		s.Skipped++
		return "skipped: replayed at " + i.replayed() + " (--again sends it once more)", nil
	}
	recs, err := cfg.Read(i.Key, &i.Letter)
	if err != nil {
		s.Refused++
		return "refused: " + err.Error(), nil
	}
	s.Sent++
	outcome = fmt.Sprintf("accepted: %d to%s", len(recs), topicsOf(recs))
	if cfg.DryRun {
		return "would be " + outcome, nil
	}
	if len(recs) == 0 {
		return "", errors.New("it became no record")
	}
	if err := cfg.Producer.Produce(ctx, recs); err != nil {
		return "", err
	}
	return outcome, cfg.Producer.Produce(ctx, []*kgo.Record{ingest.ReplayedMarker(i.Key, cfg.Now())})
}

func topicsOf(recs []*kgo.Record) (text string) {
	seen := map[string]bool{}
	for _, r := range recs {
		if !seen[r.Topic] {
			seen[r.Topic] = true
			text += " " + r.Topic
		}
	}
	return text
}
