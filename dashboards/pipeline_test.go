package dashboards

import (
	"slices"
	"testing"

	"tidemark/processors/metrics"
	"tidemark/schemas"
)

// The panels over corrections are there exactly where the view is.
func TestCorrectionsNeedTheirView(t *testing.T) {
	all := metrics.All()
	there := slices.ContainsFunc(all.Views(), func(v schemas.View) bool { return v.Name == correctionsView })
	tiles, err := maker{all, pipeline(), en}.corrections()
	if err != nil || (len(tiles) == 2) != there {
		t.Errorf("the view is there: %v, %d panels, %v", there, len(tiles), err)
	}
}

// Panels that are there only with the view are made as those of other boards: titled, described, with a unit.
func TestCorrectionsPanels(t *testing.T) {
	for _, l := range languages() {
		m := maker{metrics.All(), pipeline(), l}
		for _, p := range []string{*m.dirty().Title, *m.correctionsTable().Title, *m.dirty().Description, *m.correctionsTable().Description} {
			if p == "" {
				t.Errorf("%s: an empty text", l)
			}
		}
	}
}
