package child

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func shell(t *testing.T, script string) *Process {
	p, err := Start("shell", filepath.Join(t.TempDir(), "log"), nil, "/bin/sh", "-c", script)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.End)
	return p
}

func TestKillProvesThatItHit(t *testing.T) {
	p := shell(t, "sleep 60")
	if err := p.Kill(); err != nil {
		t.Errorf("kill: %v", err)
	}
	if err := p.Kill(); err == nil || !strings.Contains(err.Error(), "was dead before the kill") {
		t.Errorf("second kill: %v", err)
	}
}

func TestDeadProgramIsNoKill(t *testing.T) {
	p := shell(t, "echo out of order >&2; exit 3")
	<-p.Done()
	err := p.Kill()
	if err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "out of order") {
		t.Errorf("error %v, want status and output in it", err)
	}
}

func TestStop(t *testing.T) {
	tests := []struct{ name, script, wantErr string }{
		{name: "clean", script: "trap 'exit 0' TERM; echo up; while :; do sleep 0.01; done"},
		{name: "status", script: "trap 'exit 7' TERM; echo up; while :; do sleep 0.01; done", wantErr: "did not stop cleanly"},
		{name: "deaf", script: "trap '' TERM; echo up; while :; do sleep 0.01; done", wantErr: "did not stop within"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := shell(t, tt.script)
			for !strings.Contains(p.tail(), "up") {
				time.Sleep(time.Millisecond)
			}
			err := p.Stop(time.Second)
			if tt.wantErr == "" && err != nil || tt.wantErr != "" && (err == nil || !strings.Contains(err.Error(), tt.wantErr)) {
				t.Errorf("error %v, want %q", err, tt.wantErr)
			}
		})
	}
}
