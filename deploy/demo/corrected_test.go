package demo

import (
	"testing"

	"tidemark/deploy/demo/truth"
)

func TestCorrected(t *testing.T) {
	const m = 60_000
	claim := func(revision uint64, from, to int64, done bool) claimRow {
		return claimRow{Revision: revision, From: from * m, To: to * m, Done: done}
	}
	before := []claimRow{claim(1, 0, 3, true), claim(2, 5, 7, false), claim(4, 12, 13, false)}
	after := []claimRow{claim(1, 0, 3, true), claim(2, 5, 7, true), claim(3, 9, 10, true), claim(4, 12, 13, false), claim(5, 12, 13, true)}
	rows := []rebuiltRow{
		{T: 0, Revision: 1}, {T: m, Revision: 1, Open: true}, {T: 4 * m, Open: true, Cut: true}, {T: 5 * m, Revision: 2}, {T: 9 * m, Revision: 3}, {T: 12 * m, Revision: 5},
	}
	by, cut := corrected(before, after, rows, 77)
	whole, partly := truth.Correction{Until: 77}, truth.Correction{Until: 77, Partly: true}
	for minute, want := range map[int64]truth.Correction{
		0:  whole,
		1:  partly, // marked again
		2:  {},     // of a claim that ended long ago without touching it
		4:  {},     // marked, not yet corrected
		5:  partly, // corrected while the figures were read
		6:  partly, // perhaps too
		9:  partly, // begun and ended while they were read
		12: partly, // begun and ended meanwhile
		20: {},
	} {
		if by[minute*m] != want {
			t.Errorf("minute %d: %+v, want %+v", minute, by[minute*m], want)
		}
	}
	if len(cut) != 1 || !cut[4*m] {
		t.Errorf("cut: %v", cut)
	}
	before = append(before, claim(5, 12, 13, true)) // the same, all long ago
	if by, _ = corrected(before, after, rows, 77); by[12*m] != whole {
		t.Errorf("a claim that never ended still matters: %+v", by[12*m])
	}
}
