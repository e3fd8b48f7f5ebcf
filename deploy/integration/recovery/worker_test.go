//go:build integration

package recovery

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"tidemark/deploy/integration/child"
	"tidemark/deploy/integration/rig"
)

// worker is the only member of a group.
type worker struct {
	group   string
	dir     string
	argv    []string
	admin   string
	process *child.Process
}

// start runs the program and returns how long it took to be live: it had joined, and caught up with its commits.
func (w *worker) start(ctx context.Context, more ...string) (live time.Duration, err error) {
	if w.admin, err = rig.FreeAddr(); err != nil {
		return 0, err
	}
	argv := slices.Clone(w.argv)
	for i, arg := range argv {
		if arg == "--admin" {
			argv[i+1] = w.admin
		}
	}
	began := time.Now()
	w.process, err = child.Start(w.group, filepath.Join(w.dir, w.group+".log"), append(os.Environ(), "TZ=UTC"), append(argv, more...)...)
	if err != nil {
		return 0, err
	}
	for {
		answer, err := http.Get("http://" + w.admin + "/readyz")
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return time.Since(began), nil
			}
		}
		select {
		case <-ctx.Done():
			return 0, w.process.Failure("not live in time")
		case <-w.process.Done():
			return 0, w.process.Failure("ended while it was starting")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// metric sums a metric of the program over all series whose labels contain the text; an absent one is 0.
func (w *worker) metric(name, labels string) (sum float64, err error) {
	answer, err := http.Get("http://" + w.admin + "/metrics")
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		series, value, _ := strings.Cut(lines.Text(), "} ")
		if !strings.HasPrefix(series, "tidemark_run_"+name+"{") || !strings.Contains(series, labels) {
			continue
		}
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return 0, err
		}
		sum += v
	}
	return sum, nil
}

// cpu is the processor time that the program has used, and its memory now, from the kernel.
func (w *worker) cpu() (used time.Duration, resident int64, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", w.process.PID()))
	if err != nil {
		return 0, 0, err
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	f := strings.Fields(rest)
	user, _ := strconv.ParseInt(f[11], 10, 64)
	system, _ := strconv.ParseInt(f[12], 10, 64)
	pages, _ := strconv.ParseInt(f[21], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond, pages * int64(os.Getpagesize()), nil
}
