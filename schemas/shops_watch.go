package schemas

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"time"

	"github.com/goccy/go-yaml"
)

// WatchShops looks at a shops file every so often until ctx ends. It calls onChange with each good state of the file,
// the present one first, and onError once for each state that cannot be used; whoever uses the shops keeps the last
// good ones then. The file, and its table of rates, are read and compared as a whole, so neither renames nor equal times hide a change.
// The callbacks are called one at a time, by the caller's goroutine.
func WatchShops(ctx context.Context, path string, every time.Duration, onChange func(*Shops), onError func(error)) {
	w := shopsWatch{path: path, onChange: onChange, onError: onError}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		w.look()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// fingerprint is of the file and of the table of rates that it names; what is wrong with either, reading it says.
func (w *shopsWatch) fingerprint(raw []byte) [sha256.Size]byte {
	var file struct {
		Rates string `yaml:"rates"`
	}
	h := sha256.New()
	h.Write(raw)
	if yaml.Unmarshal(raw, &file) == nil && file.Rates != "" {
		rates, err := os.ReadFile(ratesPath(w.path, file.Rates))
		if err == nil {
			h.Write(rates)
		}
	}
	return [sha256.Size]byte(h.Sum(nil))
}

type shopsWatch struct {
	path     string
	onChange func(*Shops)
	onError  func(error)
	hash     [sha256.Size]byte // of the state looked at last
	missing  bool
}

func (w *shopsWatch) look() {
	raw, err := os.ReadFile(w.path)
	if err != nil {
		if !w.missing {
			w.onError(fmt.Errorf("shops file: %w; put it back", err))
		}
		w.missing, w.hash = true, [sha256.Size]byte{}
		return
	}
	w.missing = false
	hash := w.fingerprint(raw)
	if hash == w.hash {
		return
	}
	w.hash = hash
	shops, err := parseShops(w.path, raw)
	if err != nil {
		w.onError(err)
		return
	}
	w.onChange(shops)
}
