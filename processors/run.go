package processors

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
)

// Run joins the consumer group of cfg.Work and works until ctx ends: one Task per assigned partition, flushed together
// every FlushEvery, stored first and committed after. It returns nil after a clean drain, and otherwise the error that
// no retry can cure: a wrong setting, a log that no longer holds what the group needs, a refused insert, a broken task, a
// second worker with the same instance id.
//
// Delivery: whatever a crash cuts off is read again from the committed position and written again under the same keys
// and versions, so the tables end as if there had been no crash.
func Run(ctx context.Context, cfg Config) error {
	cfg, err := cfg.checked()
	if err != nil {
		return err
	}
	m, err := newMeter(cfg.Registry, cfg.Work.Group)
	if err != nil {
		return err
	}
	defer m.unregister()
	for {
		err := runSession(ctx, cfg, m)
		switch {
		case errors.Is(err, kerr.FencedInstanceID) && ctx.Err() == nil:
			return fmt.Errorf("another worker of group %q has taken the place of this one: was it started under the same name (--instance) while this one ran? %w", cfg.Work.Group, err)
		case !errors.Is(err, errFenced) || ctx.Err() != nil:
			return err
		}
		m.fenced.Inc()
		cfg.Log.Warn().Err(err).Str("group", cfg.Work.Group).Msg("dropping all state and joining the group again")
		if sleep(ctx, time.Second) != nil {
			return nil
		}
	}
}

// errFenced ends a session whose member the group no longer knows: others may own its partitions by now.
var errFenced = errors.New("the group has expelled this member")
