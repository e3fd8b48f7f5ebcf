//go:build integration

package recovery

import (
	"context"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tidemark/deploy/integration/chaos"
	"tidemark/deploy/integration/rig"
	"tidemark/processors/metrics"
	"tidemark/schemas"
)

// How soon a group must be live again after a kill, from the start of the next process on. It has the name of the dead one
// (--instance), so that it need not wait for the session timeout, which is the usual one.
var limits = map[string]time.Duration{"fast": 10 * time.Second, "slow": 30 * time.Second}

// TestRecovery kills both groups under load, once with snapshots and once without, and says how long each took.
// TIDEMARK_RECOVERY_MINUTES is how long the load runs before the kill (15 seconds by default), TIDEMARK_RECOVERY_RATE
// the events per second.
func TestRecovery(t *testing.T) {
	before, every := 15*time.Second, 5*time.Second
	if m := setting(t, "TIDEMARK_RECOVERY_MINUTES", 0); m > 0 {
		before, every = time.Duration(m)*time.Minute, time.Minute
	}
	rate := setting(t, "TIDEMARK_RECOVERY_RATE", 2000)
	ctx, cancel := context.WithTimeout(context.Background(), 3*before+15*time.Minute)
	defer cancel()
	r, err := rig.Start(ctx, t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	load := &Load{Rate: rate, Partitions: rig.Partitions}
	loading, stop := context.WithCancel(ctx)
	defer stop()
	loaded := make(chan error, 1)
	go func() { loaded <- load.Run(loading, r.Kafka.Brokers()) }()

	var workers []*worker
	for _, group := range []string{"fast", "slow"} {
		w := &worker{group: group, dir: r.Dir, argv: append(r.Programs.Process(group), "--snapshot-every", every.String(), "--instance", group, "--session-timeout", "15s")}
		if _, err := w.start(ctx); err != nil {
			t.Fatal(err)
		}
		defer func() { w.process.End() }()
		workers = append(workers, w)
	}
	wait(ctx, t, before)
	for _, w := range workers {
		w.report(t, before, load.Written.Load())
	}
	killed(ctx, t, workers, "snapshot")
	killed(ctx, t, workers, "replay", "--snapshot-every", "0")
	stop()
	if err := <-loaded; err != nil {
		t.Fatal(err)
	}
	compare(ctx, t, r, workers)
}

// TestSameName starts two workers under one name: the second takes the place of the first, which ends and says why.
func TestSameName(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	r, err := rig.Start(ctx, t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	named := func(log string) *worker {
		return &worker{group: log, dir: r.Dir, argv: append(r.Programs.Process("fast"), "--instance", "one")}
	}
	first, second := named("first"), named("second")
	for _, w := range []*worker{first, second} {
		if _, err := w.start(ctx); err != nil {
			t.Fatal(err)
		}
		defer w.process.End()
	}
	select {
	case <-first.process.Done():
	case <-ctx.Done():
		t.Fatal("both go on")
	}
	if said := first.process.Failure("ended").Error(); !strings.Contains(said, "--instance") {
		t.Error(said)
	}
	wait(ctx, t, 5*time.Second)
	if !second.process.Alive() {
		t.Error(second.process.Failure("the second ended too"))
	}
}

// killed kills the workers at once, starts them again and says how long each took to be live, and from what.
func killed(ctx context.Context, t *testing.T, workers []*worker, source string, more ...string) {
	t.Helper()
	for _, w := range workers {
		if err := w.process.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	type result struct {
		w    *worker
		live time.Duration
		err  error
	}
	results := make(chan result)
	for _, w := range workers {
		go func() {
			live, err := w.start(ctx, more...)
			results <- result{w, live, err}
		}()
	}
	for range workers {
		got := <-results
		if got.err != nil {
			t.Fatal(got.err)
		}
		label := `source="` + source + `"`
		n, sum := got.w.must(t, "recovery_seconds_count", label), got.w.must(t, "recovery_seconds_sum", label)
		all := got.w.must(t, "recovery_seconds_count", "")
		t.Logf("%s, killed: live %.1f s after its start; %v of %v partitions by %s, %.2f s each from their assignment, of which %.2f s to read a snapshot",
			got.w.group, got.live.Seconds(), n, all, source, sum/max(1, n), got.w.must(t, "snapshot_seconds_sum", `step="restore"`)/max(1, n))
		if n < rig.Partitions {
			t.Errorf("%s: only %v partitions recovered by %s", got.w.group, n, source)
		}
		if source == "snapshot" && got.live > limits[got.w.group] {
			t.Errorf("%s: live after %v, want %v", got.w.group, got.live, limits[got.w.group])
		}
	}
	wait(ctx, t, 6*time.Second) // a flush counts what was replayed
	for _, w := range workers {
		t.Logf("%s: %.0f records were read again", w.group, w.must(t, "events_total", `outcome="replayed"`))
	}
}

// report says what a group and its snapshots have cost.
func (w *worker) report(t *testing.T, ran time.Duration, written int64) {
	t.Helper()
	used, resident, err := w.cpu()
	if err != nil {
		t.Fatal(err)
	}
	takes, writes := w.must(t, "snapshot_seconds_count", `step="take"`), w.must(t, "snapshots_total", `outcome="written"`)
	t.Logf("%s before the kill: %d events in %v (%.0f/s), lag %.0f records; %.0f %% of a core, %d MiB resident", w.group, written, ran, float64(written)/ran.Seconds(),
		w.must(t, "lag_records", ""), 100*used.Seconds()/ran.Seconds(), resident>>20)
	t.Logf("%s: %v snapshots written, %.0f KiB of state each, %.0f KiB written each; %.0f ms to take (the partition stands still), %.0f ms to write",
		w.group, writes, w.must(t, "snapshot_bytes_total", `form="state"`)/max(1, writes)/1024, w.must(t, "snapshot_bytes_total", `form="written"`)/max(1, writes)/1024,
		1000*w.must(t, "snapshot_seconds_sum", `step="take"`)/max(1, takes), 1000*w.must(t, "snapshot_seconds_sum", `step="write"`)/max(1, writes))
	if failed := w.must(t, "snapshots_total", `outcome="failed"`); failed > 0 || writes == 0 {
		t.Errorf("%s: %v snapshots were written and %v failed", w.group, writes, failed)
	}
}

func (w *worker) must(t *testing.T, name, labels string) float64 {
	t.Helper()
	v, err := w.metric(name, labels)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// compare waits until everything is counted, and holds the tables to those of undisturbed groups.
func compare(ctx context.Context, t *testing.T, r *rig.Rig, workers []*worker) {
	t.Helper()
	ends, err := chaos.EndOffsets(ctx, r.Kafka.Brokers(), schemas.Clickstream.Topic(), schemas.Orders.Topic())
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range workers {
		for missing := int64(1); missing > 0; wait(ctx, t, 200*time.Millisecond) {
			if missing, err = uncounted(ctx, r.ClickHouse, "tidemark-"+w.group, ends); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.process.Stop(20 * time.Second); err != nil {
			t.Error(err)
		}
	}
	began := time.Now()
	calm, err := undisturbed(ctx, r, ends)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("undisturbed groups counted the log in %.0f s", time.Since(began).Seconds())
	got, want := tables(ctx, t, r.ClickHouse), tables(ctx, t, calm)
	lines, rows := chaos.Diff(got, want, 20)
	for _, line := range lines {
		t.Error(line)
	}
	total := 0
	for _, table := range want {
		total += len(table)
	}
	t.Logf("%d rows compared, %d differ", total, rows)
	control(t, got, want)
}

// control shows that the comparison sees one row too few.
func control(t *testing.T, got, want chaos.Tables) {
	t.Helper()
	name := "m_page_views"
	if len(want[name]) == 0 || len(want["m_sessions"]) == 0 {
		t.Fatalf("the undisturbed tables are empty: this proves nothing")
	}
	less := maps.Clone(got[name])
	delete(less, slices.Sorted(maps.Keys(less))[0])
	if _, rows := chaos.Diff(chaos.Tables{name: less}, chaos.Tables{name: want[name]}, 0); rows != 1 {
		t.Errorf("a missing row makes %d rows differ", rows)
	}
}

func tables(ctx context.Context, t *testing.T, ch rig.ClickHouse) chaos.Tables {
	t.Helper()
	all := chaos.Tables{}
	for name, q := range chaos.MetricsQueries() {
		rows, err := ch.Table(ctx, q.SQL, q.Keys)
		if err != nil {
			t.Fatalf("check error, not a mismatch: %v", err)
		}
		all[name] = rows
	}
	if want := len(metrics.All().Streams()); len(all) < want {
		t.Fatalf("only %d tables are compared, want %d", len(all), want)
	}
	return all
}

func wait(ctx context.Context, t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-ctx.Done():
		t.Fatal(ctx.Err())
	case <-time.After(d):
	}
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
