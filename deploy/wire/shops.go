package wire

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"tidemark/schemas"
)

// shopsEvery is how soon a change of the shops file takes effect; a revoked key must stop within a minute.
const shopsEvery = 5 * time.Second

// LiveShops is a shops file that is read again when it changes. A state that cannot be used is logged, and the last
// good one stays.
type LiveShops struct {
	path   string
	log    zerolog.Logger
	newest atomic.Pointer[schemas.Shops]
}

// OpenShops reads the file; it must be good at the start.
func OpenShops(path string, log zerolog.Logger) (*LiveShops, error) {
	shops, err := schemas.LoadShops(path)
	if err != nil {
		return nil, err
	}
	l := &LiveShops{path: path, log: log}
	l.newest.Store(shops)
	return l, nil
}

// Shops returns the newest good state.
func (l *LiveShops) Shops() *schemas.Shops { return l.newest.Load() }

// Run watches the file until ctx ends, and returns nil.
func (l *LiveShops) Run(ctx context.Context) error {
	schemas.WatchShops(ctx, l.path, shopsEvery, func(s *schemas.Shops) {
		l.newest.Store(s)
		l.log.Info().Int("shops", len(s.All())).Msg("shops file read")
	}, func(err error) {
		l.log.Error().Err(err).Msg("shops file ignored, the last good state stays")
	})
	return nil
}
