//go:build integration

package alerting

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tidemark/deploy/integration/child"
	"tidemark/deploy/integration/install"
	"tidemark/deploy/integration/rig"
)

// gen is where the generated files are.
const gen = "../../../alerts/gen"

// tools installs Debian's programs where they are missing.
func tools(t *testing.T) {
	t.Helper()
	must(t, install.Prometheus(t.Context()))
}

var built string // folder for the binary, while the tests run

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if built, err = os.MkdirTemp("", "tidemark-alerting-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(built)
	return m.Run()
}

// binary builds tidemark once, or takes the one that TIDEMARK_BINARY names.
var binary = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("TIDEMARK_BINARY"); path != "" {
		return path, nil
	}
	path := filepath.Join(built, "tidemark")
	return path, install.Run(context.Background(), "", nil, "go", "build", "-o", path, "tidemark/cmd/tidemark")
})

func tidemark(t *testing.T) string {
	t.Helper()
	path, err := binary()
	must(t, err)
	return path
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// start runs a program until the test ends; its output stands in the test's folder.
func start(t *testing.T, dir, name string, argv ...string) *child.Process {
	t.Helper()
	p, err := child.Start(name, filepath.Join(dir, name+".log"), nil, argv...)
	must(t, err)
	t.Cleanup(p.End)
	return p
}

func freeAddr(t *testing.T) string {
	t.Helper()
	addr, err := rig.FreeAddr()
	must(t, err)
	return addr
}

func answers(t *testing.T, p *child.Process, address string) {
	t.Helper()
	must(t, rig.WaitHTTP(t.Context(), p, address))
}

// until waits for something that other programs will do. It fails with what was seen last when one of them has died, or
// after three minutes.
func until(t *testing.T, what string, see func() (done bool, seen string), programs ...*child.Process) {
	t.Helper()
	deadline := time.After(3 * time.Minute)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		done, seen := see()
		if done {
			return
		}
		for _, p := range programs {
			if !p.Alive() {
				t.Fatal(p.Failure("died; waiting until " + what))
			}
		}
		select {
		case <-deadline:
			t.Fatalf("waiting until %s: %s", what, seen)
		case <-tick.C:
		}
	}
}

// ask sends a request and decodes the JSON of the answer; an answer other than 2xx is an error.
func ask(method, address string, header http.Header, body string, into any) error {
	request, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		return err
	}
	if header != nil {
		request.Header = header
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %.300s", method, address, answer.Status, text)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(text, into)
}
