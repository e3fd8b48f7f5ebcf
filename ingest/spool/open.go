package spool

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Open takes the folder up as the last process left it, after a crash too: what is behind the last whole entry of the
// newest segment was being written then, and is cut off. It reads every unread segment once. Call Close in the end.
func Open(cfg Config) (*Queue, error) {
	if cfg.Max <= 0 {
		cfg.Max = defaultMax
	}
	if cfg.Segment <= 0 {
		cfg.Segment = defaultSegment
	}
	cfg.Segment = min(cfg.Segment, max(cfg.Max/16, 1))
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("spool %s: %w", cfg.Dir, err)
	}
	lock, err := lockFolder(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("spool %s: %w", cfg.Dir, err)
	}
	q := &Queue{cfg: cfg, lock: lock, group: newGroup()}
	if err := q.recover(); err != nil {
		return nil, errors.Join(fmt.Errorf("spool %s: %w", cfg.Dir, err), lock.Close())
	}
	return q, nil
}

func (q *Queue) recover() error {
	pos, err := loadPosition(q.cfg.Dir)
	if errors.Is(err, errPosition) {
		// Read on from the oldest entry: better delivered twice than not at all.
		q.damaged++
		q.cfg.Log.Error().Str("dir", q.cfg.Dir).Msg("spool: the read position is damaged; what is left is delivered again")
	} else if err != nil {
		return err
	}
	numbers, err := listSegments(q.cfg.Dir)
	if err != nil {
		return err
	}
	q.pos, q.last = pos, pos.segment
	for i, n := range numbers {
		q.last = max(q.last, n)
		if n < pos.segment { // read; its deletion was cut off
			if err := os.Remove(q.path(n)); err != nil {
				return err
			}
			continue
		}
		if err := q.recoverSegment(n, i == len(numbers)-1); err != nil {
			return err
		}
	}
	return nil
}

// recoverSegment counts what is unread in a segment; the newest one may have a torn end.
func (q *Queue) recoverSegment(number uint64, newest bool) error {
	b, err := os.ReadFile(q.path(number))
	if err != nil {
		return err
	}
	size, from := int64(len(b)), int64(0)
	if number == q.pos.segment {
		from = min(q.pos.offset, size)
	}
	found, end := int64(0), from
	walk(b[from:], func(at int64, f frame) {
		if q.entries == 0 {
			q.oldest = f.at
		}
		q.entries++
		found++
		end = from + at + f.size()
	}, func(int64, int64) {})
	if newest && end < size {
		q.cfg.Log.Warn().Uint64("segment", number).Int64("bytes", size-end).Msg("spool: an entry that was being written when the collector died is cut off")
		if err := q.truncate(number, end); err != nil {
			return err
		}
		size = end
	}
	if size == from && (newest || found == 0) { // nothing unread
		return os.Remove(q.path(number))
	}
	q.segments = append(q.segments, &segment{number: number, end: size, disk: size})
	q.bytes += size - from
	return nil
}

func (q *Queue) truncate(number uint64, size int64) error {
	f, err := os.OpenFile(q.path(number), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(size), q.sync(f), f.Close())
}

// putAside keeps bytes that are not delivered where a person can look at them.
func (q *Queue) putAside(at Position, b []byte, why string) {
	dir := filepath.Join(q.cfg.Dir, "aside")
	name := filepath.Join(dir, fmt.Sprintf("%020d-%d.%s", at.segment, at.offset, why))
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		err = os.WriteFile(name, b, 0o600)
	}
	q.cfg.Log.Error().AnErr("not_kept", err).Str("file", name).Int("bytes", len(b)).Msg("spool: moved aside, and not delivered: " + why)
	q.mu.Lock()
	q.damaged++
	q.mu.Unlock()
}
