package chaos

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"
)

// stubborn drains cleanly on SIGTERM and otherwise lives until it is killed.
var stubborn = []string{"/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.05; done"}

func TestStormKillsAndRestarts(t *testing.T) {
	crew := NewCrew(t.TempDir())
	defer crew.End()
	for _, name := range []string{"fast", "slow", "land"} {
		if err := crew.Join(name, stubborn); err != nil {
			t.Fatal(err)
		}
	}
	storm := Storm{
		Seed: 1, Kills: 8, During: 800 * time.Millisecond, Patience: 10 * time.Second, Logf: t.Logf,
		Second: []Worker{{Name: "fast-2", Argv: stubborn}},
	}
	if err := storm.Run(context.Background(), crew); err != nil {
		t.Fatal(err)
	}
	if crew.Total() != storm.Kills {
		t.Errorf("%d kills, want %d", crew.Total(), storm.Kills)
	}
	if got, want := crew.Names(), []string{"fast", "slow", "land"}; !slices.Equal(got, want) {
		t.Errorf("workers after the storm: %v, want %v", got, want)
	}
}

// TestStormNoticesADeath is the negative control: a program that dies by itself must not pass for a killed one.
func TestStormNoticesADeath(t *testing.T) {
	crew := NewCrew(t.TempDir())
	defer crew.End()
	if err := crew.Join("weak", []string{"/bin/sh", "-c", "echo panic: at the disco; exit 2"}); err != nil {
		t.Fatal(err)
	}
	storm := Storm{Seed: 1, Kills: 4, During: time.Second, Logf: t.Logf}
	err := storm.Run(context.Background(), crew)
	if err == nil || !strings.Contains(err.Error(), "panic: at the disco") {
		t.Errorf("error %v, want the death and the program's last words", err)
	}
	if crew.Total() != 0 {
		t.Errorf("%d kills counted, want none", crew.Total())
	}
}
