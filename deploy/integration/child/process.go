// Package child runs the real programs of the integration tests, so that they can be killed, frozen and started again,
// and so that none outlives the test.
package child

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// Process is a running program whose output goes to a file. Its methods may be called from any goroutine.
type Process struct {
	// Name is used in errors.
	Name string

	cmd  *exec.Cmd
	log  string
	done chan struct{}
}

// Start runs argv with the environment (nil: ours) and appends what it prints to the file log. The child gets SIGKILL
// when this process dies, however it dies.
func Start(name, log string, environ []string, argv ...string) (*Process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	p := &Process{Name: name, cmd: exec.Command(argv[0], argv[1:]...), log: log, done: make(chan struct{})}
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = environ, out, out
	p.cmd.SysProcAttr = attributes()
	started := make(chan error)
	go p.run(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	return p, nil
}

// run keeps its thread until the child is gone, because the child is told to die with the thread that started it.
func (p *Process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	_ = p.cmd.Wait() // how it ended is read from ProcessState
	close(p.done)
}

// Done is closed when the program has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Alive reports whether the program is still running.
func (p *Process) Alive() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// PID returns the process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Kill sends SIGKILL and waits for the end. It fails unless that very signal ended the program: a program that had died
// before proves nothing about kills.
func (p *Process) Kill() error {
	if !p.Alive() {
		return p.Failure("was dead before the kill")
	}
	if err := p.cmd.Process.Kill(); err != nil {
		return p.Failure("kill: " + err.Error())
	}
	<-p.done
	if !p.Killed() {
		return p.Failure("did not die of the kill")
	}
	return nil
}

// Killed says whether the program has ended by SIGKILL.
func (p *Process) Killed() bool {
	if p.Alive() {
		return false
	}
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// Stop sends SIGTERM and waits for the end. It fails when the program needs longer than patience (it is then killed) or
// does not end with status 0.
func (p *Process) Stop(patience time.Duration) error {
	if !p.Alive() {
		return p.Failure("was dead before the stop")
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return p.Failure("stop: " + err.Error())
	}
	select {
	case <-p.done:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		<-p.done
		return p.Failure(fmt.Sprintf("did not stop within %v", patience))
	}
	if !p.cmd.ProcessState.Success() {
		return p.Failure("did not stop cleanly")
	}
	return nil
}

// End kills the program if it still runs, for clean-ups.
func (p *Process) End() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// Pause freezes the program with SIGSTOP.
func (p *Process) Pause() error { return p.cmd.Process.Signal(syscall.SIGSTOP) }

// Resume lets a frozen program go on.
func (p *Process) Resume() error { return p.cmd.Process.Signal(syscall.SIGCONT) }

// Failure returns an error that names the program, its state and the end of its output.
func (p *Process) Failure(what string) error {
	state := "still running"
	if !p.Alive() {
		state = p.cmd.ProcessState.String()
	}
	return fmt.Errorf("%s (%s) %s; the end of its output:\n%s", p.Name, state, what, p.tail())
}

func (p *Process) tail() string {
	file, err := os.Open(p.log)
	if err != nil {
		return err.Error()
	}
	defer file.Close()
	const most = 3000
	if info, err := file.Stat(); err == nil && info.Size() > most {
		_, _ = file.Seek(-most, io.SeekEnd)
	}
	text, err := io.ReadAll(file)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
