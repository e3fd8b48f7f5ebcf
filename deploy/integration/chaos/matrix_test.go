//go:build integration

package chaos

import (
	"context"
	"errors"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"tidemark/deploy/integration/rig"
)

// usualCells are the ones that run where TIDEMARK_CHAOS_CELLS names no others: one of each kind, in about a minute.
const usualCells = "^(kill-answered-land|zombie-fast|store-answer-lost)$"

// TestChaosCells plays the cells whose names match TIDEMARK_CHAOS_CELLS, a regular expression, and writes what they gave
// into the file TIDEMARK_CHAOS_RESULTS, if it is set. A cell that fails does not keep the others from running.
func TestChaosCells(t *testing.T) {
	pattern := os.Getenv("TIDEMARK_CHAOS_CELLS")
	if pattern == "" {
		pattern = usualCells
	}
	wanted, err := regexp.Compile(pattern)
	if err != nil {
		t.Fatalf("TIDEMARK_CHAOS_CELLS: %v", err)
	}
	seed := setting(t, "TIDEMARK_CHAOS_SEED", int(time.Now().UnixNano()%1_000_000))
	var results []Result
	nodes := []int{1}
	for _, c := range Cells() {
		if wanted.MatchString(c.Name) && c.Nodes > 1 && !slices.Contains(nodes, c.Nodes) {
			nodes = append(nodes, c.Nodes)
		}
	}
	for _, n := range nodes {
		results = append(results, playAll(t, n, wanted, uint64(seed))...)
	}
	summary(t, results)
}

// playAll plays the wanted cells that need a Kafka of so many nodes, one after the other on one rig. A cell that fails
// takes its rig along, so that what it left broken does not fail the next.
func playAll(t *testing.T, nodes int, wanted *regexp.Regexp, seed uint64) (results []Result) {
	var r *rig.Rig
	defer func() { leave(t, r) }()
	for i, c := range Cells() {
		if !wanted.MatchString(c.Name) || max(1, c.Nodes) != nodes {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			ctx := context.Background()
			if r == nil {
				r = newRig(ctx, t, nodes)
			}
			result := play(ctx, t, r, c, seed+uint64(i))
			results = append(results, result)
			if !result.OK {
				leave(t, r)
				r = nil
			}
			if file := os.Getenv("TIDEMARK_CHAOS_RESULTS"); file != "" {
				if err := UpdateResults(file, []Result{result}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	return results
}

func newRig(ctx context.Context, t *testing.T, nodes int) *rig.Rig {
	dir, err := os.MkdirTemp("", "tidemark-chaos-")
	if err != nil {
		t.Fatal(err)
	}
	r, err := rig.Start(ctx, dir, nodes)
	if err != nil {
		t.Fatal(errors.Join(err, os.RemoveAll(dir)))
	}
	return r
}

func leave(t *testing.T, r *rig.Rig) {
	if r == nil {
		return
	}
	r.Close()
	if err := os.RemoveAll(r.Dir); err != nil {
		t.Error(err)
	}
}

func play(ctx context.Context, t *testing.T, r *rig.Rig, c Cell, seed uint64) Result {
	began := time.Now()
	t.Logf("%s; seed %d", c.Fault, seed)
	out, problems, err := Perform(ctx, r, c, seed, t.Logf)
	if err != nil {
		t.Errorf("nothing to judge: %v", err)
	}
	for _, problem := range problems {
		t.Error(problem)
	}
	t.Logf("%+v, %.0f s", out, time.Since(began).Seconds())
	return out
}

func summary(t *testing.T, results []Result) {
	good, events, lost, double := 0, 0, 0, 0
	for _, r := range results {
		if r.OK {
			good++
		}
		events, lost, double = events+r.Events, lost+r.Lost, double+r.Double
	}
	t.Logf("%d of %d cells green with their controls; of %d events %d lost, %d double", good, len(results), events, lost, double)
	if len(results) == 0 {
		t.Error("no cell was played: TIDEMARK_CHAOS_CELLS matches no name")
	}
}
