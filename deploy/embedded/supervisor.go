package embedded

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"tidemark/deploy/embedded/chhttp"
)

const (
	startTimeout = 60 * time.Second // for the engine to answer /ping; opening a large data directory takes seconds
	stopTimeout  = 30 * time.Second // from SIGTERM to SIGKILL; running statements may take 20 s of it
	restartFirst = 200 * time.Millisecond
	restartMax   = 10 * time.Second
	steadyAfter  = time.Minute // of life, after which a crash counts as the first again
	firstTries   = 3           // starts that may fail before the first success: a predecessor may still be dying
)

// SupervisorConfig names the child process and where it answers.
type SupervisorConfig struct {
	Path    string   // executable; "" is the running one
	Args    []string // for example "engine", "--data", DIR, "--listen", ADDR, "--lib", FILE
	Env     []string // in addition to this process's environment
	PingURL string   // for example http://127.0.0.1:8123/ping
	Log     zerolog.Logger
}

// Supervisor keeps one child process alive.
type Supervisor struct {
	cfg   SupervisorConfig
	once  sync.Once
	ready chan struct{}
}

// NewSupervisor makes a supervisor; Run starts the child.
func NewSupervisor(cfg SupervisorConfig) *Supervisor {
	return &Supervisor{cfg: cfg, ready: make(chan struct{})}
}

// Ready is closed when the child has answered for the first time.
func (s *Supervisor) Ready() <-chan struct{} { return s.ready }

// Run starts the child, restarts it after a crash (within a second the first time, then with growing pauses up to ten
// seconds), and stops it when ctx ends: SIGTERM, then SIGKILL. It returns nil after an orderly end, and an error when the
// child cannot be started at all, since that does not mend itself. The child dies with this process.
func (s *Supervisor) Run(ctx context.Context) error {
	path := s.cfg.Path
	if path == "" {
		exe, err := os.Executable()
		if err != nil {
			return fmt.Errorf("engine: %w", err)
		}
		path = exe
	}
	// The kernel kills the child when the thread that started it ends, so this goroutine keeps its thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	pause := restartFirst
	for tries := 1; ; tries++ {
		began := time.Now()
		err := s.runChild(ctx, path)
		if ctx.Err() != nil {
			return err
		}
		if !s.started() && tries >= firstTries {
			return fmt.Errorf("the engine did not start in %d attempts, its messages are in the log: %w", tries, err)
		}
		if time.Since(began) > steadyAfter {
			pause = restartFirst
		}
		s.cfg.Log.Error().Err(err).Dur("restart_in", pause).Msg("the engine ended")
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		pause = min(2*pause, restartMax)
	}
}

func (s *Supervisor) started() bool {
	select {
	case <-s.ready:
		return true
	default:
		return false
	}
}

// runChild runs the child once. The error says how it ended; it is nil only if ctx ended and the child obeyed.
func (s *Supervisor) runChild(ctx context.Context, path string) error {
	cmd := exec.CommandContext(ctx, path, s.cfg.Args...)
	cmd.Env = append(append(os.Environ(), "TZ=UTC"), s.cfg.Env...) // the engine takes its time zone from there
	cmd.SysProcAttr = childAttributes()
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopTimeout
	cmd.Stderr = &lineLogger{log: s.cfg.Log}
	if err := cmd.Start(); err != nil {
		return err
	}
	var pinging sync.WaitGroup
	alive, died := context.WithCancel(ctx)
	pinging.Go(func() { s.awaitPing(alive, cmd.Process) })
	err := cmd.Wait()
	died()
	pinging.Wait()
	switch {
	case ctx.Err() != nil && (err == nil || errors.Is(err, ctx.Err())):
		return nil
	case err == nil:
		return errors.New("it exited by itself")
	}
	return err
}

// awaitPing closes ready when the child answers, and kills a child that does not answer in time.
func (s *Supervisor) awaitPing(ctx context.Context, child *os.Process) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !s.answers(ctx, child.Pid) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				s.cfg.Log.Error().Dur("after", startTimeout).Msg("the engine does not answer and is killed")
				_ = child.Kill() // it may have ended just now
			}
			return
		}
	}
	s.once.Do(func() { close(s.ready) })
	s.cfg.Log.Info().Int("pid", child.Pid).Msg("the engine answers")
}

// answers tells whether this very child answers: an old or foreign server may hold the port.
func (s *Supervisor) answers(ctx context.Context, pid int) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.cfg.PingURL, nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK && res.Header.Get(chhttp.ProcessHeader) == strconv.Itoa(pid)
}
