package ingest

import (
	"os"
	"regexp"
	"testing"
	"time"
)

// TestDocumentedEvents: every example of docs/events.md is accepted as it stands.
func TestDocumentedEvents(t *testing.T) {
	text, err := os.ReadFile("../docs/events.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)<!-- example: ([a-z]+) -->\n```json\n(.*?)```").FindAllSubmatch(text, -1)
	families := map[string]bool{}
	for _, b := range blocks {
		f := newFixture(t, nil)
		f.now = time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
		family := string(b[1])
		families[family] = true
		w := f.must(200, "/v1/events?family="+family, secretKey, string(b[2]))
		if len(f.letters()) != 0 {
			t.Errorf("%s: %s", family, w.Body)
		}
	}
	if len(families) != 5 {
		t.Errorf("examples of %d families, want 5: all but the clickstream", len(families))
	}
}
