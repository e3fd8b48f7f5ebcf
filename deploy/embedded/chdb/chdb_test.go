package chdb_test

import (
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tidemark/deploy/embedded"
	"tidemark/deploy/embedded/chdb"
)

// signalMasks are this process's ignored and caught standard signals as the kernel sees them. Real-time signals are left
// out: the engine takes the first one for stack traces, and Go uses none.
func signalMasks(t *testing.T) (masks []string) {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		name, hex, _ := strings.Cut(strings.TrimSpace(line), ":\t")
		if name == "SigIgn" || name == "SigCgt" {
			mask, err := strconv.ParseUint(hex, 16, 64)
			if err != nil {
				t.Fatal(err)
			}
			masks = append(masks, fmt.Sprintf("%s %08x", name, mask&(1<<31-1)))
		}
	}
	return masks
}

// One engine per process: its whole life is one test.
func TestEngine(t *testing.T) {
	file, err := embedded.Library("")
	if err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGPIPE) // as Load does, so that the rest can be compared
	before := signalMasks(t)
	lib, err := chdb.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	keeper, err := lib.Connect("--path=" + dir)
	if err != nil {
		t.Fatal(err)
	}
	defer keeper.Close()
	t.Run("results", func(t *testing.T) { checkResults(t, keeper) })
	t.Run("errors", func(t *testing.T) { checkErrors(t, lib, keeper) })
	t.Run("sessions run at the same time", func(t *testing.T) { checkParallel(t, lib, dir) })
	t.Run("nil dereference is still a panic", checkPanic)
	if after := signalMasks(t); !slices.Equal(after, before) {
		t.Errorf("signal handlers changed:\nbefore %v\nafter  %v", before, after)
	}
}

func checkResults(t *testing.T, c *chdb.Conn) {
	for query, want := range map[string]string{"SELECT 1 AS x": "{\"x\":1}\n", "SELECT 'a\x00ü' AS x": "{\"x\":\"a\\u0000ü\"}\n", "SELECT 1 WHERE 0": ""} {
		if res, err := c.Query(query, "JSONEachRow"); err != nil || string(res.Data) != want {
			t.Errorf("%s: %q %v", query, res.Data, err)
		}
	}
	res, err := c.Query("SELECT {a:UInt8} + 1, {s:String}, {e:String}", "CSV", chdb.Param{Name: "a", Value: "41"}, chdb.Param{Name: "s", Value: "x'y"}, chdb.Param{Name: "e"})
	if err != nil || string(res.Data) != "42,\"x'y\",\"\"\n" || res.Rows != 1 {
		t.Errorf("parameters: %q %d %v", res.Data, res.Rows, err)
	}
}

func checkErrors(t *testing.T, lib *chdb.Library, c *chdb.Conn) {
	if _, err := c.Query("SELECT * FROM nope", "CSV"); err == nil || !strings.HasPrefix(err.Error(), "Code: 60. DB::Exception: ") {
		t.Errorf("unknown table: %v", err)
	}
	if other, err := lib.Connect("--path=" + t.TempDir()); err == nil {
		other.Close()
		t.Error("a second data directory was opened in one process")
	}
	closed, err := lib.Connect()
	if err == nil {
		closed.Close()
		_, err = closed.Query("SELECT 1", "CSV")
	}
	if err == nil {
		t.Error("a closed connection answers")
	}
	if _, err := chdb.Load(t.TempDir()); err == nil {
		t.Error("a directory was loaded as the library")
	}
}

func checkParallel(t *testing.T, lib *chdb.Library, dir string) {
	const n = 4
	began := time.Now()
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			c, err := lib.Connect("--path=" + dir)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			if _, err := c.Query("SELECT sleep(1)", "Null"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	t.Logf("%d statements that sleep a second each took %v", n, time.Since(began).Round(time.Millisecond))
}

func checkPanic(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	var p *[1 << 20]byte
	p[len(t.Name())]++
}
