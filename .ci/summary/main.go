// Command summary reads the events of go test -json: with -lines it prints what a reader wants to see while the tests
// run, with -closing one line "N passed, N failed".
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// event is one line of go test -json. A package's own result has no Test.
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
	Elapsed float64
}

func main() {
	lines := flag.Bool("lines", false, "print package results, and the output of what failed")
	closing := flag.Bool("closing", false, "print the closing line; fail if a test failed or none ran")
	flag.Parse()
	s := summary{output: map[string][]string{}}
	if err := s.read(os.Stdin, *lines); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if *closing && !s.close() {
		os.Exit(1)
	}
}

// integration is where a skipped test counts as failed: a part that is missing on this machine is no excuse there.
const integration = "tidemark/deploy/integration"

// summary counts tests, subtests included. A package that fails without a failing test (it does not build, or its
// binary died) counts as one failure.
type summary struct {
	passed, failed int
	skipped        []string
	output         map[string][]string // of tests that have not ended
	failedIn       map[string]bool
}

func (s *summary) read(in io.Reader, lines bool) error {
	s.failedIn = map[string]bool{}
	scan := bufio.NewScanner(in)
	scan.Buffer(make([]byte, 64<<10), 16<<20)
	for scan.Scan() {
		var e event
		if json.Unmarshal(scan.Bytes(), &e) != nil || e.Action == "" {
			if lines {
				fmt.Println(scan.Text()) // make's or the compiler's own words
			}
			continue
		}
		s.add(e, lines)
	}
	return scan.Err()
}

func (s *summary) add(e event, lines bool) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "output", "build-output":
		s.output[key] = append(s.output[key], e.Output)
		return
	case "pass":
		if e.Test != "" {
			s.passed++
		}
	case "skip":
		if e.Test == "" {
			break // a package without tests
		}
		s.skipped = append(s.skipped, key)
		if strings.HasPrefix(e.Package, integration) {
			s.failed++
		}
	case "fail":
		if e.Test != "" || !s.failedIn[e.Package] {
			s.failed++
		}
		s.failedIn[e.Package] = true
	default:
		return
	}
	if lines && (e.Action != "pass" || e.Test == "") {
		fmt.Print(strings.Join(s.output[key], ""))
	}
	delete(s.output, key)
}

func (s *summary) close() bool {
	for _, key := range s.skipped {
		fmt.Println("skipped:", key)
	}
	fmt.Printf("%d passed, %d failed\n", s.passed, s.failed)
	return s.failed == 0 && s.passed > 0
}
