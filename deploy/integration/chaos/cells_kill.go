package chaos

import (
	"context"
	"fmt"

	"tidemark/processors"
)

// killsEach is how often a cell kills at its point, each time after another number of passages.
const killsEach = 3

// passages is up to how often a point is passed before the kill: those of records pass by far more often than those of
// flushes.
func passages(point processors.Point) int {
	switch point {
	case processors.PointPolled, processors.PointApplied:
		return 40
	case processors.PointSent, processors.PointAnswered:
		return 12
	case processors.PointCommitted:
		return 2
	}
	return 3
}

var pointWords = map[processors.Point]string{
	processors.PointPolled:    "after a poll",
	processors.PointApplied:   "after records were applied",
	processors.PointBefore:    "before an insert",
	processors.PointSent:      "with an insert sent",
	processors.PointAnswered:  "with an insert done and its answer unread",
	processors.PointAcked:     "after the insert was acknowledged",
	processors.PointCommitted: "after the commit",
}

// killCells are SIGKILL at each named point, in each program.
func killCells() []Cell {
	var all []Cell
	for _, point := range processors.Points() {
		for _, program := range programs {
			all = append(all, killAt(point, program))
		}
	}
	return all
}

func killAt(point processors.Point, program string) Cell {
	flag := func(p *Play) []string {
		return []string{"--failpoint", fmt.Sprintf("%s:%d", point, 1+p.Rng.IntN(passages(point)))}
	}
	others := []string{}
	for _, other := range programs {
		if other != program {
			others = append(others, other)
		}
	}
	return Cell{
		Name:  fmt.Sprintf("kill-%s-%s", point, program),
		Fault: fmt.Sprintf("%s gets SIGKILL %s", program, pointWords[point]),
		Crew:  others,
		Least: killsEach,
		Early: true,
		Ready: func(_ context.Context, p *Play) error {
			return p.Crew.Join(worker(program), p.Argv(program, flag(p)...))
		},
		Act: func(ctx context.Context, p *Play) error {
			for kill := 1; kill <= killsEach; kill++ {
				next := p.Argv(program)
				if kill < killsEach {
					next = p.Argv(program, flag(p)...)
				}
				if err := p.Crew.Fallen(ctx, worker(program), next); err != nil {
					return err
				}
				p.Hit(1, "deaths by SIGKILL at the failpoint")
			}
			return nil
		},
	}
}
