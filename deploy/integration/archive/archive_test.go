//go:build integration

package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tidemark/deploy/integration/chaos"
	"tidemark/deploy/integration/rig"
	"tidemark/processors/metrics"
	"tidemark/schemas"
	"tidemark/sinks/archive"
)

// TestRestore archives a load while the archive's worker is killed again and again, restores a new ClickHouse from the
// files alone, and compares the two, all rows and all columns. Then one byte of a file is changed, which must be named.
func TestRestore(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	r, err := rig.Start(ctx, t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	files := filepath.Join(r.Dir, "files")
	began := time.Now()
	perform(ctx, t, r, files)
	t.Logf("%v: archived", time.Since(began))
	must(t, r.Programs.Recompute(time.Now().AddDate(0, 0, -3).Format(time.DateOnly)))

	engine, err := rig.StartEngine(ctx, r.Programs.Binary, r.Dir, "new", filepath.Join(r.Dir, "new"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(engine.End)
	fresh := r.Programs
	fresh.ClickHouse = engine.DSN("tidemark")
	if err := fresh.Create(ctx); err != nil {
		t.Fatal(err)
	}
	from := time.Now()
	t.Logf("%s", must(t, fresh.Restore(files)))
	t.Logf("%v: restored", time.Since(from))
	compare(ctx, t, r.ClickHouse, engine.Database("tidemark"))
	damage(t, fresh, files)
}

// perform writes the load and returns when every event that is stored is in the archive too, and all workers have ended.
func perform(ctx context.Context, t *testing.T, r *rig.Rig, files string) {
	crew := chaos.NewCrew(r.Dir)
	t.Cleanup(crew.End)
	for name, argv := range map[string][]string{"land": r.Programs.Land(), "fast": r.Programs.Process("fast"),
		"slow": r.Programs.Process("slow"), "archive": r.Programs.Archive(files)} {
		if err := crew.Join(name, argv); err != nil {
			t.Fatal(err)
		}
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	load := chaos.Load{Seed: seed, Partitions: rig.Partitions, Rate: 300, Past: 6 * time.Second, Live: 6 * time.Second, Span: 5 * time.Hour, Behind: 6 * time.Hour}
	var sent chaos.Sent
	wrote := make(chan error, 1)
	go func() {
		var err error
		sent, err = load.Run(ctx, r.Kafka.Brokers())
		wrote <- err
	}()
	for range 3 {
		time.Sleep(3500 * time.Millisecond) // the group's session times out within three seconds
		if err := crew.KillOne(ctx, "archive", 200*time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-wrote; err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", sent)
	beating, stop := context.WithCancel(ctx)
	defer stop()
	go func() { _ = load.Heartbeats(beating, r.Kafka.Brokers()) }() // its failure shows as an archive that never has it all
	whole(ctx, t, r, files, int64(sent.Events+sent.Duplicates))
	stop()
	if err := errors.Join(crew.Check(), crew.LeaveAll(ctx, time.Minute)); err != nil {
		t.Fatal(err)
	}
}

// whole waits until ClickHouse and the archive hold as many events as were written, copies included.
func whole(ctx context.Context, t *testing.T, r *rig.Rig, files string, want int64) {
	for {
		stored, archived := int64(0), events(ctx, t, files)
		for _, table := range schemas.RawTables() {
			rows, err := r.ClickHouse.Query(ctx, "SELECT uniqExact(part, offset) FROM "+table.Name)
			if err != nil {
				t.Fatal(err)
			}
			var n int64
			if _, err := fmt.Sscan(rows[0][0], &n); err != nil {
				t.Fatal(err)
			}
			stored += n
		}
		if stored == want && archived == want {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%d events were written, ClickHouse has %d, the archive %d", want, stored, archived)
		case <-time.After(time.Second):
		}
	}
}

// events counts those of all spans.
func events(ctx context.Context, t *testing.T, files string) (n int64) {
	store, err := archive.Open(files)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := archive.New(store).Parts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		err := p.Spans(ctx, func(p archive.Problem) { t.Error(p) }, func(s *archive.Span) error { n += s.Events; return nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// compare reads both databases, row by row.
func compare(ctx context.Context, t *testing.T, old, fresh rig.ClickHouse) {
	raw, counted := 0, 0
	for _, table := range schemas.RawTables() {
		raw += same(ctx, t, old, fresh, "SELECT toString(tuple(*)) FROM "+table.Name+" FINAL ORDER BY part, offset")
	}
	for _, d := range metrics.All().Streams() {
		last, err := fresh.Query(ctx, "SELECT toUnixTimestamp64Milli(max(window_start)) FROM v_"+d.Name+" WHERE complete")
		if err != nil {
			t.Fatal(err)
		}
		counted += same(ctx, t, old, fresh, "SELECT toString(tuple(* EXCEPT('_state$'))) AS line FROM v_"+d.Name+
			" WHERE complete AND toUnixTimestamp64Milli(window_start) <= "+last[0][0]+" ORDER BY line")
	}
	t.Logf("%d raw rows and %d rows of metrics are equal", raw, counted)
	if raw < 1000 || counted < 1000 {
		t.Errorf("%d raw rows and %d of metrics prove little", raw, counted)
	}
}

// same compares a query's rows and returns their number.
func same(ctx context.Context, t *testing.T, old, fresh rig.ClickHouse, sql string) int {
	a, err1 := old.Query(ctx, sql)
	b, err2 := fresh.Query(ctx, sql)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	for i := range min(len(a), len(b)) {
		if !slices.Equal(a[i], b[i]) {
			t.Errorf("%s, row %d:\n%s\n%s", sql, i, a[i], b[i])
			return 0
		}
	}
	if len(a) != len(b) {
		t.Errorf("%s: %d rows, restored %d", sql, len(a), len(b))
	}
	return len(a)
}

// damage flips a bit of one file: the command names it and fails.
func damage(t *testing.T, p rig.Programs, files string) {
	var path string
	err := filepath.WalkDir(files, func(at string, e fs.DirEntry, err error) error {
		if strings.HasSuffix(at, ".parquet") {
			path = at
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	argv := p.Restore(files, "--check")
	cmd := exec.CommandContext(t.Context(), argv[0], argv[1:]...)
	out, _ := cmd.CombinedOutput() // its end is looked at
	name, err := filepath.Rel(files, path)
	if err != nil {
		t.Fatal(err)
	}
	if cmd.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), "damaged: "+filepath.ToSlash(name)) {
		t.Errorf("exit %d: %s", cmd.ProcessState.ExitCode(), out)
	}
}

// must runs a command that has to succeed and returns what it says.
func must(t *testing.T, argv []string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), argv[0], argv[1:]...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", argv, err, out)
	}
	return string(out)
}
