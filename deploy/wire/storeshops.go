package wire

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"tidemark/schemas"
)

// daysEvery is how often the table of business days is written anew. It reaches 40 days ahead.
const daysEvery = 24 * time.Hour

// StoreShops keeps the tables of shops and business days as the shops file has them: it writes them at the start, when
// the file has changed, and once a day. A write that fails is logged and tried again within seconds. It returns nil when
// ctx ends.
func StoreShops(ctx context.Context, store func(context.Context, []schemas.Block) error, shops func() *schemas.Shops, log zerolog.Logger) error {
	tick := time.NewTicker(shopsEvery)
	defer tick.Stop()
	var stored *schemas.Shops
	var at time.Time
	for {
		if now, newest := time.Now(), shops(); newest != stored || now.Sub(at) >= daysEvery {
			if err := store(ctx, schemas.ShopBlocks(newest, now)); err == nil {
				stored, at = newest, now
			} else if ctx.Err() == nil {
				log.Error().Err(err).Msg("shops not stored: boards may show old names and days; trying again")
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
