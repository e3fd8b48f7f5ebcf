package spool

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

// A crash may leave any beginning of the last segment. All whole entries come out in order, what was being written does
// not, and the spool goes on.
func TestEveryCutOfTheLastSegment(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	want := numbered(12)
	q := open(t, Config{Dir: dir, Segment: 180})
	put(t, q, want...)
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	last, err := os.ReadFile(newest(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	frame := headerSize + len(want[0])
	before := len(want) - len(last)/frame
	for cut := range len(last) + 1 {
		at := copyFolder(t, dir)
		if err := os.Truncate(newest(t, at), int64(cut)); err != nil {
			t.Fatal(err)
		}
		q := open(t, Config{Dir: at, Sync: noSync})
		put(t, q, "next")
		if s := q.Stats(); s.Damaged != 0 {
			t.Errorf("cut at %d: a torn end counts as damage", cut)
		}
		same(t, drain(t, q, 100), append(slices.Clone(want[:before+cut/frame]), "next"))
		if err := q.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// One flipped byte anywhere costs the entry that it is in, and no other.
func TestEveryDamagedByte(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	want := numbered(9)
	q := open(t, Config{Dir: dir, Segment: 1 << 20})
	put(t, q, want...)
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	frame := headerSize + len(want[0])
	for at := range 8 * frame { // damage in the last entry is a torn end
		for _, running := range []bool{false, true} {
			folder := copyFolder(t, dir)
			hurt := func() {
				b, err := os.ReadFile(newest(t, folder))
				if err != nil {
					t.Fatal(err)
				}
				b[at] ^= 0x40
				if err := os.WriteFile(newest(t, folder), b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if !running {
				hurt()
			}
			q := open(t, Config{Dir: folder, Sync: noSync})
			if running {
				hurt()
			}
			left := slices.Delete(slices.Clone(want), at/frame, at/frame+1)
			same(t, drain(t, q, 70), left)
			aside, _ := filepath.Glob(filepath.Join(folder, "aside", "*.damaged"))
			if s := q.Stats(); s.Damaged != 1 || len(aside) != 1 {
				t.Fatalf("byte %d: %d damaged, aside %v", at, s.Damaged, aside)
			}
			if err := q.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestVanishedSegment(t *testing.T) {
	q := open(t, Config{Segment: 60})
	put(t, q, numbered(6)...)
	first, _ := q.Head(1)
	if err := os.Remove(q.path(first.from.segment)); err != nil {
		t.Fatal(err)
	}
	if got := drain(t, q, 1<<20); len(got) == 0 || len(got) == 6 || q.Stats().Damaged != 1 {
		t.Errorf("%d entries, %+v", len(got), q.Stats())
	}
}

// Without a sound position everything that is left comes again: twice is better than never.
func TestDamagedPosition(t *testing.T) {
	q := open(t, Config{})
	put(t, q, "a", "b")
	b, _ := q.Head(1)
	if err := q.Advance(b); err != nil {
		t.Fatal(err)
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(q.cfg.Dir, positionFile), []byte("nonsense, and of no length"), 0o600); err != nil {
		t.Fatal(err)
	}
	q = open(t, Config{Dir: q.cfg.Dir})
	if q.Stats().Damaged != 1 {
		t.Error("not counted")
	}
	same(t, drain(t, q, 1), []string{"a", "b"})
}

// Power is lost: of each file only what had been fsynced is left. Every acknowledged entry must be in it. The control is a
// disk that ignores fsync, with which the same check must fail.
func TestPowerLoss(t *testing.T) {
	for _, honest := range []bool{true, false} {
		var mu sync.Mutex
		durable := map[string][]byte{}
		dir := filepath.Join(t.TempDir(), "spool")
		q := open(t, Config{Dir: dir, Segment: 1000, Sync: func(f *os.File) error {
			b, err := os.ReadFile(f.Name())
			if err != nil {
				return nil // a folder
			}
			mu.Lock()
			defer mu.Unlock()
			if honest {
				durable[filepath.Base(f.Name())] = b
			}
			return nil
		}})
		var acked []string
		var wg sync.WaitGroup
		for w := range 8 {
			wg.Go(func() {
				for i := range 20 {
					e := fmt.Sprint(w, "-", i)
					if q.Append([]byte(e)) == nil {
						mu.Lock()
						acked = append(acked, e)
						mu.Unlock()
					}
				}
			})
		}
		wg.Wait()
		after := t.TempDir()
		for name, b := range durable {
			if err := os.WriteFile(filepath.Join(after, name), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got := drain(t, open(t, Config{Dir: after}), 1<<20)
		slices.Sort(got)
		slices.Sort(acked)
		if whole := slices.Equal(got, acked); whole != honest {
			t.Errorf("fsync honest %v: %d of %d acknowledged entries are there", honest, len(got), len(acked))
		}
	}
}

// SIGKILL in the midst of concurrent appends: the parent has read which were acknowledged.
func TestKilledProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "TIDEMARK_TEST_SPOOL_CHILD="+dir)
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	acked := map[string]bool{}
	lines := bufio.NewScanner(out)
	for len(acked) < 300 && lines.Scan() {
		acked[lines.Text()] = true
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		acked[lines.Text()] = true
	}
	if child.Wait() == nil || len(acked) < 300 {
		t.Fatalf("the child did not die of the kill; %d acknowledged", len(acked))
	}
	for _, e := range drain(t, open(t, Config{Dir: dir}), 1<<20) {
		delete(acked, e)
	}
	if len(acked) != 0 {
		t.Errorf("%d acknowledged entries are lost", len(acked))
	}
}

// appendForever is the child of TestKilledProcess.
func appendForever(dir string) {
	q, err := Open(Config{Dir: dir, Segment: 4000})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for w := range 4 {
		go func() {
			for i := 0; ; i++ {
				e := fmt.Sprintf("%d-%d", w, i)
				if q.Append([]byte(e)) == nil {
					_, _ = os.Stdout.WriteString(e + "\n") // one write per line, which the pipe keeps whole
				}
			}
		}()
	}
	select {}
}
