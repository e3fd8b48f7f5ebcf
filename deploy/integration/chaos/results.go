package chaos

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// resultsHead names the columns of results.tsv.
const resultsHead = "cell\tverdict\thits\tproof\tevents\trecords\tlost\tdouble\trows\tdiffer\tcontrol\tseed"

// UpdateResults replaces the results of the cells that were played in the file, in the order of Cells; the results of
// cells that exist no more are left out.
func UpdateResults(file string, played []Result) error {
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	known, err := ParseResults(text)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for _, r := range played {
		known[r.Cell] = r
	}
	var out bytes.Buffer
	fmt.Fprintln(&out, resultsHead)
	for _, c := range Cells() {
		if r, ok := known[c.Name]; ok {
			verdict := "failed"
			if r.OK {
				verdict = "ok"
			}
			fmt.Fprintf(&out, "%s\t%s\t%d\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", r.Cell, verdict, r.Hits, r.Proof,
				r.Events, r.Records, r.Lost, r.Double, r.Rows, r.Differ, r.Control, r.Seed)
		}
	}
	return os.WriteFile(file, out.Bytes(), 0o644)
}

// ParseResults reads results.tsv; an empty text has none.
func ParseResults(text []byte) (map[string]Result, error) {
	known := make(map[string]Result)
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if line == resultsHead {
			continue
		}
		r, err := parseResult(strings.Split(line, "\t"))
		if err != nil {
			return nil, fmt.Errorf("line %q: %w", line, err)
		}
		known[r.Cell] = r
	}
	return known, nil
}

func parseResult(fields []string) (r Result, err error) {
	if want := strings.Count(resultsHead, "\t") + 1; len(fields) != want {
		return r, fmt.Errorf("%d fields instead of %d", len(fields), want)
	}
	r.Cell, r.OK, r.Proof = fields[0], fields[1] == "ok", fields[3]
	numbers := []struct {
		at   int
		into *int
	}{{2, &r.Hits}, {4, &r.Events}, {5, &r.Records}, {6, &r.Lost}, {7, &r.Double}, {8, &r.Rows}, {9, &r.Differ}, {10, &r.Control}}
	for _, n := range numbers {
		if *n.into, err = strconv.Atoi(fields[n.at]); err != nil {
			return r, err
		}
	}
	r.Seed, err = strconv.ParseUint(fields[11], 10, 64)
	return r, err
}
