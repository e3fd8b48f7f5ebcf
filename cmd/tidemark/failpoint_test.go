package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/rs/zerolog"

	"tidemark/processors"
)

// TestFailpoint lets a copy of this test pass a point three times; it must die of SIGKILL at the second.
func TestFailpoint(t *testing.T) {
	if os.Getenv("TIDEMARK_TEST_FAILPOINT") != "" {
		at, err := failpoint("acked:2", zerolog.New(os.Stdout))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []processors.Point{processors.PointAcked, processors.PointBefore, processors.PointCommitted} {
			at(p)
		}
		os.Stdout.WriteString("one passage\n")
		at(processors.PointAcked)
		os.Stdout.WriteString("survived\n")
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestFailpoint$")
	cmd.Env = append(os.Environ(), "TIDEMARK_TEST_FAILPOINT=1")
	out, err := cmd.Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || !exit.Sys().(syscall.WaitStatus).Signaled() || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Errorf("ended with %v, want SIGKILL", err)
	}
	if !bytes.Contains(out, []byte("one passage")) || !bytes.Contains(out, []byte("failpoint")) || bytes.Contains(out, []byte("survived")) {
		t.Errorf("it printed %s", out)
	}
}

func TestFailpointRefusals(t *testing.T) {
	for _, text := range []string{"lunch:1", "acked", "acked:0", "acked:x", ":1"} {
		_, err := failpoint(text, zerolog.Nop())
		var wrong usage
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), "committed") {
			t.Errorf("%q: %v", text, err)
		}
	}
	if at, err := failpoint("", zerolog.Nop()); at != nil || err != nil {
		t.Errorf("no failpoint: %v", err)
	}
}
