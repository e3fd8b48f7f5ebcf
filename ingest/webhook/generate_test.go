package webhook

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestStatusesPageIsUpToDate(t *testing.T) {
	for name, want := range Generate() {
		have, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil || !bytes.Equal(have, want) {
			t.Errorf("%s is not what the tables say (%v); run tidemark generate", name, err)
		}
	}
}
