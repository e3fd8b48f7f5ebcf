package spool

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// Config says where a Queue lives and how large it may become.
type Config struct {
	// Dir is the folder; it is created where it is missing. No two queues may share one.
	Dir string
	// Max is how many bytes the segments may take on disk. Default 1 GiB.
	Max int64
	// Segment is how long a segment may become before the next one begins; Max/16 at most. Default 16 MiB.
	Segment int64
	// Log gets what was lost or moved aside, never what is in an entry.
	Log zerolog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Sync replaces fsync in tests; nil means (*os.File).Sync.
	Sync func(*os.File) error
}

const (
	defaultMax     = 1 << 30
	defaultSegment = 16 << 20
)

// Errors of Append.
var (
	ErrFull     = errors.New("the spool is full")
	ErrTooLarge = errors.New("the entry is too large for the spool")
	ErrClosed   = errors.New("the spool is closed")
)

// Queue is an open spool. Append may be called by many goroutines, Head, Advance and SetAside by one.
type Queue struct {
	cfg  Config
	lock *os.File

	writing sync.Mutex // one group is written at a time; taken before mu
	file    *os.File   // the newest segment, while it takes more; guarded by writing

	mu       sync.Mutex // guards all below
	group    *group     // collects the entries of the next write
	segments []*segment // oldest first
	last     uint64     // the highest number that a segment ever had
	reserved int64      // bytes of entries that are being written
	pos      Position
	bytes    int64 // unread, damage included
	entries  int64 // unread
	oldest   int64 // time of the entry at pos, Unix ms; 0 where there is none
	damaged  int64
	closed   bool
}

// group is the entries that one write and one fsync bring to disk together.
type group struct {
	buf     []byte
	first   int64 // time of its first entry
	entries int64
	led     bool // somebody writes it
	done    chan struct{}
	err     error
}

func newGroup() *group { return &group{done: make(chan struct{})} }

// Append returns nil once the entry is fsynced. On an error the entry is not kept, except that a crash may bring back one
// whose write has failed.
func (q *Queue) Append(entry []byte) error {
	g, lead, err := q.join(entry)
	if err != nil {
		return err
	}
	if !lead {
		<-g.done
		return g.err
	}
	q.writing.Lock()
	defer q.writing.Unlock()
	q.mu.Lock()
	q.group = newGroup() // who comes from now on waits for the next write
	q.mu.Unlock()
	g.err = q.write(g)
	close(g.done)
	return g.err
}

// join puts the entry into the next group. The first of a group leads: while it waits for the write under way to end,
// others join it, and all share one fsync.
func (q *Queue) join(entry []byte) (g *group, lead bool, err error) {
	f := frame{at: q.cfg.Now().UnixMilli(), payload: entry}
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed:
		return nil, false, ErrClosed
	case len(entry) > MaxEntry:
		return nil, false, ErrTooLarge
	case q.disk()+q.reserved+f.size() > q.cfg.Max:
		return nil, false, ErrFull
	}
	q.reserved += f.size()
	g = q.group
	if g.entries == 0 {
		g.first = f.at
	}
	g.buf = appendFrame(g.buf, f)
	g.entries++
	lead, g.led = !g.led, true
	return g, lead, nil
}

// disk is how many bytes the segments take.
func (q *Queue) disk() (n int64) {
	for _, s := range q.segments {
		n += s.disk
	}
	return n
}

// write brings a group to disk. After a failed write or fsync nobody knows what the file holds, so it is not written to
// again: the end that may be read stays before it.
func (q *Queue) write(g *group) error {
	defer func() {
		q.mu.Lock()
		q.reserved -= int64(len(g.buf))
		q.mu.Unlock()
	}()
	if q.isClosed() {
		return ErrClosed
	}
	if q.file == nil {
		if err := q.newSegment(); err != nil {
			return fmt.Errorf("spool: begin a segment: %w", err)
		}
	}
	_, err := q.file.Write(g.buf)
	if err == nil {
		err = q.sync(q.file)
	}
	q.mu.Lock()
	s := q.segments[len(q.segments)-1]
	s.disk += int64(len(g.buf))
	if err == nil {
		s.end += int64(len(g.buf))
		if q.bytes == 0 {
			q.oldest = g.first
		}
		q.bytes += int64(len(g.buf))
		q.entries += g.entries
	}
	full := s.disk >= q.cfg.Segment
	q.mu.Unlock()
	if err != nil {
		return errors.Join(fmt.Errorf("spool: write %d entries: %w", g.entries, err), q.cutOff(s))
	}
	if full {
		return q.closeSegment()
	}
	return nil
}

// cutOff ends the newest segment before what was not written whole. That was promised to nobody; where it cannot be cut
// off, it counts against the limit, and a restart delivers what of it is sound.
func (q *Queue) cutOff(s *segment) error {
	path := q.file.Name()
	cut := q.file.Truncate(s.end)
	err := errors.Join(cut, q.closeSegment())
	q.mu.Lock()
	defer q.mu.Unlock()
	if cut == nil {
		s.disk = s.end
	}
	if s.disk == 0 { // as where the disk is full: a retry begins another, and empty ones must not pile up
		q.segments = q.segments[:len(q.segments)-1]
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

func (q *Queue) isClosed() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.closed
}

func (q *Queue) sync(f *os.File) error {
	if q.cfg.Sync != nil {
		return q.cfg.Sync(f)
	}
	return f.Sync()
}

// Stats is what a Queue holds.
type Stats struct {
	Bytes   int64     // unread
	Entries int64     // unread
	Oldest  time.Time // when the oldest unread entry was appended; zero where there is none
	Damaged int64     // stretches moved aside since Open because they could not be read
	Max     int64     // bytes that the segments may take
}

// Stats returns what is in the spool now.
func (q *Queue) Stats() Stats {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := Stats{Bytes: q.bytes, Entries: q.entries, Damaged: q.damaged, Max: q.cfg.Max}
	if q.oldest != 0 && q.entries > 0 {
		s.Oldest = time.UnixMilli(q.oldest)
	}
	return s
}

// Close ends the queue; what is in it stays for the next Open. Appends whose write has not begun get ErrClosed.
func (q *Queue) Close() error {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.writing.Lock()
	defer q.writing.Unlock()
	return errors.Join(q.closeSegment(), q.lock.Close())
}
