package wire

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"tidemark/schemas"
)

func readShops(t *testing.T, text string) *schemas.Shops {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shops.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	shops, err := schemas.LoadShops(path)
	if err != nil {
		t.Fatal(err)
	}
	return shops
}

func TestStoreShops(t *testing.T) {
	one := readShops(t, "shops: [{id: a, zone: UTC, currency: EUR, market: de, stage: new}]\n")
	two := readShops(t, "shops: [{id: a, zone: UTC, currency: EUR, market: de, stage: new}, {id: b, zone: UTC, currency: EUR, market: de, stage: new}]\n")
	synctest.Test(t, func(t *testing.T) {
		var file atomic.Pointer[schemas.Shops]
		file.Store(one)
		var rows []int // of the shops' table, per write
		down := true
		store := func(_ context.Context, blocks []schemas.Block) error {
			if down {
				return errors.New("away")
			}
			rows = append(rows, blocks[0].Rows)
			return nil
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- StoreShops(ctx, store, file.Load, zerolog.Nop()) }()
		expect := func(after time.Duration, want ...int) {
			t.Helper()
			time.Sleep(after)
			synctest.Wait()
			if len(rows) != len(want) || len(rows) > 0 && rows[len(rows)-1] != want[len(want)-1] {
				t.Errorf("wrote %v, want %v", rows, want)
			}
		}
		expect(time.Second)
		down = false
		expect(shopsEvery, 1)
		expect(time.Hour, 1)
		file.Store(two)
		expect(shopsEvery, 1, 2)
		expect(daysEvery, 1, 2, 2)
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
