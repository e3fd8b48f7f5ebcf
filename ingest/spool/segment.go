package spool

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const segmentSuffix = ".seg"

// segment is one file of frames. Only the newest is written to.
type segment struct {
	number uint64
	end    int64 // bytes that may be read: whole frames, fsynced
	disk   int64 // bytes that the file takes; more than end where a write has failed
}

func (q *Queue) path(number uint64) string {
	return filepath.Join(q.cfg.Dir, fmt.Sprintf("%020d", number)+segmentSuffix)
}

// listSegments finds the segments of a folder in their order.
func listSegments(dir string) ([]uint64, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []uint64
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), segmentSuffix)
		if !ok || !e.Type().IsRegular() {
			continue
		}
		n, err := strconv.ParseUint(name, 10, 64)
		if err != nil || n == 0 {
			return nil, fmt.Errorf("%s is no segment of a spool: move it away", e.Name())
		}
		out = append(out, n)
	}
	slices.Sort(out)
	return out, nil
}

// newSegment opens the file that is written to next.
func (q *Queue) newSegment() error {
	q.mu.Lock()
	number := q.last + 1
	q.mu.Unlock()
	f, err := os.OpenFile(q.path(number), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := q.syncDir(); err != nil { // else the whole file may be missing after power loss
		return errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	q.file = f
	q.mu.Lock()
	defer q.mu.Unlock()
	q.last = number
	q.segments = append(q.segments, &segment{number: number})
	return nil
}

// closeSegment ends the file that is written to; the next group begins a new one.
func (q *Queue) closeSegment() error {
	if q.file == nil {
		return nil
	}
	f := q.file
	q.file = nil
	return f.Close()
}

// syncDir makes names of the folder lasting.
func (q *Queue) syncDir() error {
	d, err := os.Open(q.cfg.Dir)
	if err != nil {
		return err
	}
	return errors.Join(q.sync(d), d.Close())
}
