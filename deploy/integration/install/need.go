package install

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// Tool is a program that must work on this machine.
type Tool struct {
	// Check is a command that succeeds where the tool is usable.
	Check []string
	// Package is the Debian package that brings it.
	Package string
}

// Need makes sure that every tool works. For root on a machine with apt-get it installs what is missing; elsewhere it
// fails with the names of the packages, because a test that cannot run is a failure and not a skip.
func Need(ctx context.Context, tools ...Tool) error {
	missing := broken(ctx, tools)
	if len(missing) == 0 {
		return nil
	}
	advice := "install with: apt-get install " + strings.Join(missing, " ")
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Geteuid() != 0 {
		return fmt.Errorf("programs are missing on this machine; %s", advice)
	}
	if err := aptInstall(ctx, apt, missing); err != nil {
		return fmt.Errorf("%w; %s", err, advice)
	}
	if left := broken(ctx, tools); len(left) > 0 {
		return fmt.Errorf("%s installed, but its program does not run", strings.Join(left, ", "))
	}
	return nil
}

func broken(ctx context.Context, tools []Tool) []string {
	var packages []string
	for _, tool := range tools {
		if exec.CommandContext(ctx, tool.Check[0], tool.Check[1:]...).Run() != nil {
			packages = append(packages, tool.Package)
		}
	}
	return packages
}

// aptInstall holds a lock, since the test binaries of several packages may want the same package at once and apt-get
// gives up when another one runs.
func aptInstall(ctx context.Context, apt string, packages []string) error {
	lock, err := os.OpenFile(os.TempDir()+"/tidemark-apt.lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	environ := append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	if err := Run(ctx, "", environ, apt, "update", "-q"); err != nil {
		return err
	}
	return Run(ctx, "", environ, apt, append([]string{"install", "-q", "-y", "--no-install-recommends"}, packages...)...)
}

// Run executes a command in dir (empty: the current one) with the environment (nil: ours); its error ends with the last
// 2,000 bytes of what the command printed.
func Run(ctx context.Context, dir string, environ []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = dir, environ
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, Tail(out.Bytes(), 2000))
	}
	return nil
}

// Tail returns the last n bytes of a program's output, trimmed.
func Tail(output []byte, n int) string {
	return strings.TrimSpace(string(output[max(0, len(output)-n):]))
}
