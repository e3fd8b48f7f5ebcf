package proctest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"strconv"
	"testing"

	"tidemark/processors"
)

// TestMain lets garbage grow: thousands of small simulations otherwise spend their time collecting it.
func TestMain(m *testing.M) {
	debug.SetGCPercent(800)
	os.Exit(m.Run())
}

// TestSeeds runs the crash simulation. TIDEMARK_SEEDS sets how many seeds, TIDEMARK_SEED replays one.
func TestSeeds(t *testing.T) {
	if v := os.Getenv("TIDEMARK_SEED"); v != "" {
		seed, err := strconv.ParseUint(v, 10, 64)
		if err != nil {
			t.Fatalf("TIDEMARK_SEED=%q is no seed", v)
		}
		trySeed(t, seed, false)
		trySeed(t, seed, true)
		return
	}
	seeds := uint64(10_000)
	if v := os.Getenv("TIDEMARK_SEEDS"); v != "" {
		n, err := strconv.ParseUint(v, 10, 64)
		if err != nil {
			t.Fatalf("TIDEMARK_SEEDS=%q is no number", v)
		}
		seeds = n
	}
	const shards = 4
	for shard := range uint64(shards) {
		t.Run(fmt.Sprintf("shard %d of %d", shard+1, shards), func(t *testing.T) {
			t.Parallel()
			for seed := shard; seed < seeds && !t.Failed(); seed += shards {
				trySeed(t, seed, seed%4 != 0)
			}
		})
	}
}

// trySeed says of a failing seed how to replay it, and what the shortest log is that fails.
func trySeed(t *testing.T, seed uint64, snapshots bool) {
	t.Helper()
	records, err := Try(seed, 0, snapshots)
	if err == nil {
		return
	}
	t.Errorf("seed %d (snapshots: %v), %d records: %v\nreplay: TIDEMARK_SEED=%d go test ./processors/proctest -run TestSeeds", seed, snapshots, records, err, seed)
	for limit := 2; limit < records; limit++ {
		if _, err := Try(seed, limit, snapshots); err != nil {
			t.Logf("seed %d fails with the first %d records too: %v", seed, limit, err)
			return
		}
	}
}

// Seeds that have found something, by what it was.
func TestSeedsThatFoundSomething(t *testing.T) {
	for name, seeds := range map[string][]uint64{
		"a flush before the first record forgot that the log had lost its beginning": {519, 993, 3640, 4482},
		"a gap before the log's first record was not marked":                         {1, 2, 75, 112},
		"windows of new sessions were marked only up to M":                           {5, 6, 32, 75},
		"a new metric on known sessions missed one that a cap had cut":               {69, 70, 83, 168},
		"a replay that began within an earlier session moved the cuts of its chain":  {19, 42, 537, 662, 861, 1328, 1873},
		"L fell back when a held event joined a chain":                               {1268},
		"sessions of one chain tied as the last":                                     {118, 250, 268, 1429},
	} {
		t.Run(name, func(t *testing.T) {
			for _, seed := range seeds {
				trySeed(t, seed, false)
				trySeed(t, seed, true)
			}
		})
	}
}

// A bounded run, as benchmarks and recomputes have it, ends with every window closed.
func TestBoundedRuns(t *testing.T) {
	for seed := range uint64(300) {
		if err := tryBounded(seed); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

func tryBounded(seed uint64) error {
	r := rand.New(rand.NewPCG(seed, 1))
	log := generate(r, habitsOf(r, false), 0)
	s, err := newSim(seed, scenario{group: pick(r, processors.GroupFast, processors.GroupSlow)}, log)
	if err != nil {
		return err
	}
	task, err := s.work[0].NewTask(processors.Assignment{Topic: Topic})
	if err != nil {
		return err
	}
	task.Apply(s.log)
	task.Close()
	f := task.Flush(false)
	for i := range f.Blocks {
		s.tables.insert(&f.Blocks[i])
	}
	want, err := Batch(s.defs[0], s.log, Options{End: true})
	if err != nil {
		return err
	}
	for _, c := range want.Metrics {
		for key, r := range c.Rows {
			if !r.Closed {
				return fmt.Errorf("the oracle leaves %s at %d open", c.Spec.Name, key.Start-begin)
			}
		}
		if err := s.checkRows(c, want.M, cut{from: math.MinInt64, tainted: math.MinInt64}); err != nil {
			return err
		}
	}
	return nil
}
