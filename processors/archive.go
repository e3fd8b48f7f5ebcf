package processors

import (
	"errors"
	"fmt"
	"time"
)

// ArchiveCuts says where the log is cut into spans. A cut depends on the records beside it only, so every reader of the
// log cuts at the same points, wherever it begins.
type ArchiveCuts struct {
	// Every is the time grid: the first record behind a line of the grid, by append time, begins a new span if the one
	// before it holds any event. At least a second; whole days are lines, so nothing waits longer than Every.
	Every time.Duration
	// Records is the offset grid: an offset that is a multiple of it begins a new span. It bounds what a worker holds, and
	// reads again, of one partition.
	Records int64
}

// DefaultArchiveCuts keeps an event at most five minutes, and some 30 MB of a partition, out of the archive.
func DefaultArchiveCuts() ArchiveCuts { return ArchiveCuts{Every: 5 * time.Minute, Records: 50_000} }

// Check refuses cuts that cannot work.
func (c ArchiveCuts) Check() error {
	switch {
	case c.Every < time.Second || c.Every > 24*time.Hour || (24*time.Hour)%c.Every != 0:
		return fmt.Errorf("archive spans of %v: give a time that a day is a multiple of, from 1s to 24h", c.Every)
	case c.Records < 1:
		return errors.New("archive spans need at least one record")
	}
	return nil
}

// ArchiveWork is the work of the consumer group that hands every family's log, live and imported, to a sink that keeps
// it: the rows of LandWork, in spans. Only closed spans are handed over and committed, so that a span is always handed
// over whole.
func ArchiveWork(consumer string, cuts ArchiveCuts) (Work, error) {
	if err := cuts.Check(); err != nil {
		return Work{}, err
	}
	return rawWork(consumer, &cuts), nil
}
