package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/rs/zerolog"

	"tidemark/deploy/embedded"
)

// engineChildEnv makes the test binary an engine on that address.
const (
	engineChildEnv = "TIDEMARK_TEST_ENGINE_LISTEN"
	engineDataEnv  = "TIDEMARK_TEST_ENGINE_DATA"
	engineLibEnv   = "TIDEMARK_TEST_ENGINE_LIB"
)

func engineChild() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	err := embedded.RunEngine(ctx, embedded.EngineConfig{
		Library: os.Getenv(engineLibEnv), Data: os.Getenv(engineDataEnv), Listen: os.Getenv(engineChildEnv), Log: zerolog.New(os.Stderr),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// freeAddr is a loopback address that was free a moment ago.
func freeAddr(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// supervise runs the engine as a child process until the test ends and returns its address.
func supervise(t *testing.T, data string) (addr string) {
	t.Helper()
	lib, err := embedded.Library("")
	if err != nil {
		t.Fatal(err)
	}
	addr = freeAddr(t)
	s := embedded.NewSupervisor(embedded.SupervisorConfig{
		Env:     []string{engineChildEnv + "=" + addr, engineDataEnv + "=" + data, engineLibEnv + "=" + lib},
		PingURL: "http://" + addr + "/ping", Log: zerolog.New(zerolog.NewTestWriter(t)),
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error("engine:", err)
		}
	})
	select {
	case <-s.Ready():
	case err := <-done:
		done <- nil
		t.Fatal(err)
	}
	return addr
}

func connect(t *testing.T, addr string) clickhouse.Conn {
	t.Helper()
	conn, err := clickhouse.Open(&clickhouse.Options{Addr: []string{addr}, Protocol: clickhouse.HTTP})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// processID asks the engine for the process that serves it.
func processID(t *testing.T, addr string) int {
	t.Helper()
	pid, err := strconv.Atoi(pingHeader(t, addr))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func TestEngineKilledUnderInsertLoadComesBackWithWholeBatches(t *testing.T) {
	addr := supervise(t, t.TempDir())
	conn := connect(t, addr)
	if err := conn.Exec(t.Context(), "CREATE TABLE killed (batch UInt64, i UInt32) ENGINE = MergeTree ORDER BY batch"); err != nil {
		t.Fatal(err)
	}
	const rows, batches = 2000, 60
	var acked []uint64
	for n, restarts := uint64(0), 0; n < batches; n++ {
		if n == 20 || n == 40 {
			pid := processID(t, addr)
			time.AfterFunc(time.Duration(n)*time.Millisecond/4, func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
			restarts++
		}
		for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
			err := insertBatch(t.Context(), conn, n, rows)
			if err == nil {
				break
			}
			if time.Since(began) > 30*time.Second {
				t.Fatalf("batch %d: %v", n, err)
			}
		}
		acked = append(acked, n)
	}
	checkBatches(t, conn, acked, rows)
}

func insertBatch(ctx context.Context, conn clickhouse.Conn, n uint64, rows int) error {
	b, err := conn.PrepareBatch(ctx, "INSERT INTO killed")
	if err != nil {
		return err
	}
	for i := range rows {
		if err := b.Append(n, uint32(i)); err != nil {
			return err
		}
	}
	return b.Send()
}

// checkBatches: each acknowledged batch is there at least once (a resend after an unknown outcome may double it), and
// none in part.
func checkBatches(t *testing.T, conn clickhouse.Conn, acked []uint64, rows uint64) {
	t.Helper()
	res, err := conn.Query(t.Context(), "SELECT batch, count(), uniqExact(i) FROM killed GROUP BY batch")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	found, copies := map[uint64]bool{}, uint64(0)
	for res.Next() {
		var batch, count, distinct uint64
		if err := res.Scan(&batch, &count, &distinct); err != nil {
			t.Fatal(err)
		}
		if count%rows != 0 || distinct != rows {
			t.Errorf("batch %d: %d rows, %d distinct: not whole", batch, count, distinct)
		}
		found[batch], copies = true, copies+count/rows-1
	}
	for _, n := range acked {
		if !found[n] {
			t.Errorf("acknowledged batch %d is lost", n)
		}
	}
	t.Logf("%d batches acknowledged over two kills, %d stored twice by a resend", len(acked), copies)
	if err := errors.Join(res.Err(), conn.Exec(t.Context(), "CHECK TABLE killed")); err != nil {
		t.Error(err)
	}
}

func TestSupervisorRestartsSoonAndStopsInOrder(t *testing.T) {
	data := t.TempDir()
	var first, second int
	t.Run("life", func(t *testing.T) {
		addr := supervise(t, data)
		first = processID(t, addr)
		if err := syscall.Kill(first, syscall.SIGSEGV); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		for second = first; second == first || second == 0; time.Sleep(10 * time.Millisecond) {
			if time.Since(began) > 30*time.Second {
				t.Fatal("no engine for 30 s after a crash")
			}
			second, _ = strconv.Atoi(pingHeader(t, addr)) // "" while it is down
		}
		t.Logf("answers %v after a crash", time.Since(began).Round(time.Millisecond))
	})
	for _, pid := range []int{first, second} {
		if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("engine process %d still runs: %v", pid, err)
		}
	}
	conn := connect(t, supervise(t, data)) // the directory is free again
	if err := conn.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSupervisorGivesUpOnAnEngineThatNeverStarts(t *testing.T) {
	lib := t.TempDir() + "/libchdb.so"
	if err := os.WriteFile(lib, []byte("not a library"), 0o600); err != nil {
		t.Fatal(err)
	}
	addr := freeAddr(t)
	s := embedded.NewSupervisor(embedded.SupervisorConfig{
		Env: []string{engineChildEnv + "=" + addr, engineDataEnv + "=" + t.TempDir(), engineLibEnv + "=" + lib}, PingURL: "http://" + addr + "/ping", Log: zerolog.Nop(),
	})
	if err := s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "did not start") {
		t.Error(err)
	}
}

func TestSupervisorDoesNotTakeAnotherServerForItsChild(t *testing.T) {
	addr := supervise(t, t.TempDir())
	lib, err := embedded.Library("")
	if err != nil {
		t.Fatal(err)
	}
	s := embedded.NewSupervisor(embedded.SupervisorConfig{
		Env: []string{engineChildEnv + "=" + addr, engineDataEnv + "=" + t.TempDir(), engineLibEnv + "=" + lib}, PingURL: "http://" + addr + "/ping", Log: zerolog.Nop(),
	})
	if err := s.Run(t.Context()); err == nil {
		t.Error("the port was taken and Run gave no error")
	}
	select {
	case <-s.Ready():
		t.Error("ready, though another process holds the port")
	default:
	}
}

func TestSecondEngineOnADirectoryIsRefusedAndHarmless(t *testing.T) {
	data := t.TempDir()
	conn := connect(t, supervise(t, data))
	err := embedded.RunEngine(t.Context(), embedded.EngineConfig{Data: data, Listen: freeAddr(t)})
	if err == nil || !strings.Contains(err.Error(), "another process uses") {
		t.Error(err)
	}
	if err := conn.Exec(t.Context(), "CREATE TABLE killed (batch UInt64, i UInt32) ENGINE = MergeTree ORDER BY batch"); err != nil {
		t.Fatal(err)
	}
	if err := insertBatch(t.Context(), conn, 1, 10); err != nil {
		t.Error("insert into the first engine:", err)
	}
}

func TestEngineRefusesOpenAccountsOffLoopback(t *testing.T) {
	err := embedded.RunEngine(t.Context(), embedded.EngineConfig{Listen: "0.0.0.0:0", Data: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "has no password") {
		t.Error(err)
	}
}

func TestEngineRefusesUsersFileWithUnknownFields(t *testing.T) {
	file := t.TempDir() + "/users.json"
	if err := os.WriteFile(file, []byte(`{"analyst":{"password":"p","read_only":true}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	err := embedded.RunEngine(t.Context(), embedded.EngineConfig{Listen: "127.0.0.1:0", Data: t.TempDir(), UsersFile: file})
	if err == nil || !strings.Contains(err.Error(), "read_only") {
		t.Error(err)
	}
}
