//go:build integration

package chaos

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"tidemark/deploy/integration/rig"
	"tidemark/processors/proctest"
)

// TestChaos is the acceptance of exactness: the real programs on a real Kafka and the real engine, SIGKILLed at random
// under a load with disorder and duplicates, leave tables that equal the oracles' exactly.
// TIDEMARK_CHAOS_ROUNDS is the number of rounds (1 by default), TIDEMARK_CHAOS_SEED the seed of the first.
func TestChaos(t *testing.T) {
	rounds, seed := setting(t, "TIDEMARK_CHAOS_ROUNDS", 1), setting(t, "TIDEMARK_CHAOS_SEED", int(time.Now().UnixNano()%1_000_000))
	for round := range rounds {
		t.Run(fmt.Sprintf("seed-%d", seed+round), func(t *testing.T) { oneRound(t, uint64(seed+round)) })
	}
}

func oneRound(t *testing.T, seed uint64) {
	t.Logf("run it again with TIDEMARK_CHAOS_SEED=%d", seed)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	r, err := rig.Start(ctx, t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	crew := NewCrew(r.Dir)
	defer crew.End()
	fast, slow, land := r.Programs.Process("fast"), r.Programs.Process("slow"), r.Programs.Land()
	for _, w := range []Worker{{Name: "fast-1", Argv: fast}, {Name: "slow-1", Argv: slow}, {Name: "land-1", Argv: land}} {
		if err := crew.Join(w.Name, w.Argv); err != nil {
			t.Fatal(err)
		}
	}
	load := Load{
		Seed: seed, Partitions: rig.Partitions, Rate: 1000, Past: 35 * time.Second, Live: 10 * time.Second,
		Span: 5 * time.Hour, Behind: 6 * time.Hour,
	}
	storm := Storm{
		Seed: seed, Kills: 20, During: 44 * time.Second, Patience: 20 * time.Second, Logf: t.Logf,
		Second: []Worker{{Name: "fast-2", Argv: fast}, {Name: "slow-2", Argv: slow}, {Name: "land-2", Argv: land}},
	}
	brokers := r.Kafka.Brokers()
	run := Run{
		Brokers: brokers, ClickHouse: r.ClickHouse, Crew: crew, CatchUp: 2 * time.Minute, Patience: storm.Patience, Logf: t.Logf,
		Load:  func(ctx context.Context) (Sent, error) { return load.Run(ctx, brokers) },
		Beat:  func(ctx context.Context) error { return load.Heartbeats(ctx, brokers) },
		Fault: func(ctx context.Context) error { return storm.Run(ctx, crew) },
	}
	out, err := run.Do(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d kills hit: %v; %d records in the log", crew.Total(), crew.Kills, len(out.Log))
	if crew.Total() != storm.Kills {
		t.Errorf("%d kills hit, want %d", crew.Total(), storm.Kills)
	}
	compare(ctx, t, r.ClickHouse, out.Log, MetricsQueries(), Metrics(proctest.NoneBroken),
		Metrics(proctest.NothingIsDuplicate), Metrics(proctest.SessionsByArrival))
	compare(ctx, t, r.ClickHouse, out.Log, PlainQueries(), Plain(true), Plain(false))
	compare(ctx, t, r.ClickHouse, out.Log, RawQueries(), Raw(true), Raw(false))
}

// compare holds the tables to an oracle, and shows with controls, which are wrong on purpose, that it can fail: every table
// must differ from one of them at least.
func compare(ctx context.Context, t *testing.T, ch rig.ClickHouse, log []Record, queries map[string]Query, oracle Oracle, controls ...Oracle) {
	t.Helper()
	got := Tables{}
	for name, query := range queries {
		rows, err := ch.Table(ctx, query.SQL, query.Keys)
		if err != nil {
			t.Fatalf("check error, not a mismatch: %v", err)
		}
		got[name] = rows
	}
	want := ask(t, oracle, log)
	lines, rows := Diff(got, want, 20)
	for _, line := range lines {
		t.Error(line)
	}
	if rows > len(lines) {
		t.Errorf("%d rows differ in all", rows)
	}
	caught := make(map[string]int)
	for _, control := range controls {
		wrong := ask(t, control, log)
		for name := range want {
			_, rows := Diff(got, Tables{name: wrong[name]}, 0)
			caught[name] += rows
		}
	}
	for name := range want {
		_, rows := Diff(got, Tables{name: want[name]}, 0)
		t.Logf("%s: %d rows compared, %d differ; the controls differ in %d", name, len(want[name]), rows, caught[name])
		if len(want[name]) == 0 || caught[name] == 0 {
			t.Errorf("%s: nothing to compare, or no control differs: this proves nothing", name)
		}
	}
}

func ask(t *testing.T, oracle Oracle, log []Record) Tables {
	t.Helper()
	tables, err := oracle(log)
	if err != nil {
		t.Fatalf("check error, not a mismatch: %v", err)
	}
	return tables
}

func setting(t *testing.T, name string, missing int) int {
	text := os.Getenv(name)
	if text == "" {
		return missing
	}
	value, err := strconv.Atoi(text)
	if err != nil || value < 1 {
		t.Fatalf("%s=%q: want a positive number", name, text)
	}
	return value
}
