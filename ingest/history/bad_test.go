package history

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHarmless(t *testing.T) {
	for in, want := range map[string]string{"=cmd()": "'=cmd()", "@x": "'@x", "-5": "-5", "-5,20": "-5,20", "+1": "+1", "-cmd": "'-cmd", "+1+cmd": "'+1+cmd", "a=b": "a=b", "": ""} {
		if got := harmless(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

// Refused lines can be mended and imported with the same mapping.
func TestRefusedLinesComeBack(t *testing.T) {
	folder := t.TempDir()
	input, mapping := filepath.Join(folder, "x.csv"), filepath.Join(folder, "m.yaml")
	for path, text := range map[string]string{input: head + "1,a,1,oops,2025-01-01,\"x,\"\"y\"\n2,a,1,1,2025-01-01,x\n", mapping: orders} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	scanFile(t, mapping, input)
	bad, err := os.ReadFile(input + ".bad.csv")
	if err != nil {
		t.Fatal(err)
	}
	report, events := mustScan(t, orders, strings.Replace(string(bad), "oops", "1", 1))
	if len(events) != 2 || len(report.Dropped) != 0 || !strings.Contains(string(events[0].Value), `"buyer":"x,\"y"`) {
		t.Errorf("%s\n%v", bad, sorted(events))
	}
}
