package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tidemark/deploy/embedded"
)

// parentEnv makes the test binary a supervisor of an engine on that address.
const parentEnv = "TIDEMARK_TEST_PARENT_OF"

func parent() {
	addr := os.Getenv(parentEnv)
	s := embedded.NewSupervisor(embedded.SupervisorConfig{
		Env: []string{parentEnv + "=", engineChildEnv + "=" + addr}, PingURL: "http://" + addr + "/ping", Log: zerolog.New(os.Stderr),
	})
	if err := s.Run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func TestEngineDiesWithItsParent(t *testing.T) {
	lib, err := embedded.Library("")
	if err != nil {
		t.Fatal(err)
	}
	addr := freeAddr(t)
	p := exec.Command(os.Args[0])
	p.Env = append(os.Environ(), parentEnv+"="+addr, engineDataEnv+"="+t.TempDir(), engineLibEnv+"="+lib)
	p.Stderr = os.Stderr
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	pid := 0
	for began := time.Now(); pid == 0; time.Sleep(20 * time.Millisecond) {
		pid, _ = strconv.Atoi(pingHeader(t, addr)) // "" until it is up
		if time.Since(began) > 60*time.Second {
			t.Fatal("no engine for 60 s")
		}
	}
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.Wait() // "signal: killed"
	for began := time.Now(); !gone(pid); time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > 10*time.Second {
			t.Fatalf("engine process %d outlives its killed parent", pid)
		}
	}
}

// gone tells whether a process has ended; an orphan that nobody collects stays as a zombie.
func gone(pid int) bool {
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return true
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || len(stat) > 0 && zombie(string(stat))
}

func zombie(stat string) bool {
	var pid int
	var name, state string
	_, err := fmt.Sscan(stat, &pid, &name, &state)
	return err == nil && state == "Z"
}

func TestStopUnderLoadLosesNothing(t *testing.T) {
	data := t.TempDir()
	var acked atomic.Uint64
	const rows = 500
	t.Run("load", func(t *testing.T) {
		addr := supervise(t, data)
		conn := connect(t, addr)
		if err := conn.Exec(t.Context(), "CREATE TABLE killed (batch UInt64, i UInt32) ENGINE = MergeTree ORDER BY batch"); err != nil {
			t.Fatal(err)
		}
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			for n := uint64(0); insertBatch(context.Background(), conn, n, rows) == nil; n++ {
				acked.Add(1)
			}
		}()
		for acked.Load() < 20 {
			time.Sleep(time.Millisecond)
		}
		if err := syscall.Kill(processID(t, addr), syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		<-stopped
	})
	conn := connect(t, supervise(t, data))
	var n uint64
	if err := conn.QueryRow(t.Context(), "SELECT count() FROM killed").Scan(&n); err != nil {
		t.Fatal(err)
	}
	if n%rows != 0 || n < acked.Load()*rows {
		t.Errorf("%d rows after SIGTERM, %d acknowledged", n, acked.Load()*rows)
	}
	t.Logf("%d rows acknowledged before SIGTERM, %d stored", acked.Load()*rows, n)
}
