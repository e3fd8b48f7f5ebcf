package child

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestChildDiesWithUs runs this test binary again as a parent that starts a child and is then killed.
func TestChildDiesWithUs(t *testing.T) {
	if file := os.Getenv("TIDEMARK_CHILD_PID_FILE"); file != "" {
		p, err := Start("grandchild", file+".log", nil, "/bin/sleep", "60")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file+".tmp", []byte(strconv.Itoa(p.PID())), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".tmp", file); err != nil {
			t.Fatal(err)
		}
		select {}
	}
	file := filepath.Join(t.TempDir(), "pid")
	parent := exec.Command(os.Args[0], "-test.run=^TestChildDiesWithUs$")
	parent.Env = append(os.Environ(), "TIDEMARK_CHILD_PID_FILE="+file)
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	for pid == 0 {
		text, _ := os.ReadFile(file)
		pid, _ = strconv.Atoi(string(text))
		time.Sleep(time.Millisecond)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	for !gone(pid) {
		time.Sleep(time.Millisecond)
	}
}

// gone is also true for a zombie that the machine's first process has not collected yet.
func gone(pid int) bool {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || syscall.Kill(pid, 0) != nil || strings.Contains(string(status), ") Z ")
}
