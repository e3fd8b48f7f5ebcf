package preview

import (
	"testing"

	"tidemark/dashboards"
)

// Every generated board can be drawn: an option that the preview does not know fails here.
func TestGeneratedBoards(t *testing.T) {
	boards, err := readBoards(dashboards.Files())
	if err != nil {
		t.Fatal(err)
	}
	if len(boards) < 4 {
		t.Errorf("%d boards, there are two in two languages", len(boards))
	}
	for _, b := range boards {
		if b.Twin == "" {
			t.Errorf("%s has no twin", b.UID)
		}
	}
}
