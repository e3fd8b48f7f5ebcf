package truth

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// line is one line of the journal: the start of a run, or changes of cells. A request adds maybes when it is sent and
// turns them into something better when it is answered, so the truth is the sum of all lines, and a request whose
// answer was never noted remains a maybe.
type line struct {
	Run   int    `json:"run,omitempty"`
	Cells []cell `json:"c,omitempty"`
}

type cell struct {
	Key
	Count
}

// load reads a journal. A torn last line, the mark of a kill while writing, is left out; the caller rewrites the file.
func load(path string) (run int, cells map[Key]Count, err error) {
	cells = map[Key]Count{}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, cells, nil
	}
	if err != nil {
		return 0, nil, err
	}
	defer f.Close()
	scan := bufio.NewScanner(f)
	scan.Buffer(make([]byte, 64<<10), 64<<20)
	for n := 1; scan.Scan(); n++ {
		var l line
		if err := json.Unmarshal(scan.Bytes(), &l); err != nil {
			if !scan.Scan() {
				break
			}
			return 0, nil, fmt.Errorf("%s:%d: %w; remove the demo's data folder to start afresh", path, n, err)
		}
		run = max(run, l.Run)
		add(cells, l.Cells)
	}
	return run, cells, scan.Err()
}

// save writes the cells as one sum, in a new file that replaces the old one.
func save(path string, run int, cells map[Key]Count) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	sum := line{Run: run}
	for k, c := range cells {
		sum.Cells = append(sum.Cells, cell{k, c})
	}
	text, err := json.Marshal(sum)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", append(text, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

func add(cells map[Key]Count, more []cell) {
	for _, c := range more {
		cells[c.Key] = cells[c.Key].plus(c.Count)
	}
}
