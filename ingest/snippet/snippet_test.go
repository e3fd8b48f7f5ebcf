package snippet

import (
	"bytes"
	"compress/gzip"
	"errors"
	"testing"
)

// Every page of a shop loads it: it must not weigh.
func TestSize(t *testing.T) {
	text, err := Script()
	if errors.Is(err, ErrNotBuilt) {
		return // a checkout that make web has not been run in
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes, %d packed", len(text), packed.Len())
	if limit := 4_000; packed.Len() >= limit {
		t.Errorf("%d bytes packed, the limit is %d", packed.Len(), limit)
	}
}
