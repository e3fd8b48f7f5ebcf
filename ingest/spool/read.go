package spool

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Batch is entries from the head of the queue, in their order. It is empty where the queue is.
type Batch struct {
	Entries [][]byte

	from  Position
	bytes int64
	at    int64 // time of the first entry, Unix ms
}

// Head returns the oldest entries without removing them: about most bytes of them, and one at least. Damage that it
// meets is moved aside, counted and logged. An error means that a file could not be read.
func (q *Queue) Head(most int64) (Batch, error) {
	for {
		from, left, ok := q.unread()
		if !ok {
			return Batch{}, nil
		}
		batch, err := q.take(from, min(left, max(most, headerSize)), left)
		if err != nil || len(batch.Entries) > 0 {
			return batch, err
		}
		if err := q.skipDamage(from, left); err != nil {
			return Batch{}, err
		}
	}
}

// unread is the read position, moved on to the segment that has more, and how many bytes are left in that one.
func (q *Queue) unread() (from Position, left int64, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, s := range q.segments {
		if s.number < q.pos.segment {
			continue
		}
		if s.number > q.pos.segment {
			q.pos = Position{segment: s.number}
		}
		if left := s.end - q.pos.offset; left > 0 {
			return q.pos, left, true
		}
	}
	return Position{}, 0, false
}

// take reads whole frames from n of the left bytes; more where the first frame is longer. The batch is empty where no
// sound frame begins there.
func (q *Queue) take(from Position, n, left int64) (Batch, error) {
	b, err := q.read(from, n)
	if err != nil {
		return Batch{}, err
	}
	if size, ok := frameSize(b); ok && size > n && size <= left {
		if b, err = q.read(from, size); err != nil {
			return Batch{}, err
		}
	}
	batch := Batch{from: from}
	for {
		f, ok := parseFrame(b[batch.bytes:])
		if !ok {
			return batch, nil
		}
		if len(batch.Entries) == 0 {
			batch.at = f.at
		}
		batch.Entries = append(batch.Entries, f.payload)
		batch.bytes += f.size()
	}
}

// read returns n bytes of a segment; none where the file has vanished, which is damage like any other.
func (q *Queue) read(from Position, n int64) ([]byte, error) {
	f, err := os.Open(q.path(from.segment))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	b := make([]byte, n)
	got, err := f.ReadAt(b, from.offset)
	if errors.Is(err, io.EOF) { // shorter than it was
		err = nil
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	return b[:got], nil
}

// skipDamage goes on behind what cannot be read.
func (q *Queue) skipDamage(from Position, left int64) error {
	b, err := q.read(from, left)
	if err != nil {
		return err
	}
	bad := nextFrame(b)
	q.putAside(from, b[:bad], "damaged")
	if bad == len(b) {
		return q.advance(from, left, 0)
	}
	return q.advance(from, int64(bad), 0)
}

// Split makes a batch of each entry.
func (b Batch) Split() []Batch {
	out := make([]Batch, len(b.Entries))
	at := b.from
	for i, e := range b.Entries {
		out[i] = Batch{Entries: b.Entries[i : i+1], from: at, bytes: headerSize + int64(len(e)), at: b.at}
		at.offset += out[i].bytes
	}
	return out
}

// Advance removes a batch, which must be what Head returned last, or in their order the batches that it was split into.
// After an error the batch may come again.
func (q *Queue) Advance(b Batch) error { return q.advance(b.from, b.bytes, int64(len(b.Entries))) }

// SetAside removes a batch that cannot be delivered, and keeps its entries in the folder aside.
func (q *Queue) SetAside(b Batch) error {
	at := b.from
	for _, e := range b.Entries {
		q.putAside(at, e, "refused")
		at.offset += headerSize + int64(len(e))
	}
	return q.Advance(b)
}

func (q *Queue) advance(from Position, bytes, entries int64) error {
	next := Position{from.segment, from.offset + bytes}
	if err := q.storePosition(next); err != nil {
		return err
	}
	q.mu.Lock()
	q.pos = next
	q.bytes -= bytes
	q.entries -= entries
	empty := q.bytes == 0
	if empty { // damage may have hidden entries that were counted
		q.entries = 0
	}
	read := 0
	for read < len(q.segments) && q.segments[read].number < next.segment {
		read++
	}
	gone := q.segments[:read:read]
	q.segments = q.segments[read:]
	q.mu.Unlock()
	err := q.remove(gone)
	if empty {
		return errors.Join(err, q.reset())
	}
	return errors.Join(err, q.lookAtOldest())
}

// reset deletes the last segment once all is read, unless somebody has appended meanwhile.
func (q *Queue) reset() error {
	q.writing.Lock()
	defer q.writing.Unlock()
	q.mu.Lock()
	if q.bytes > 0 {
		q.mu.Unlock()
		return nil
	}
	gone := q.segments
	q.segments, q.oldest = nil, 0
	q.mu.Unlock()
	return errors.Join(q.closeSegment(), q.remove(gone))
}

func (q *Queue) remove(gone []*segment) (err error) {
	for _, s := range gone {
		if e := os.Remove(q.path(s.number)); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, fmt.Errorf("spool: delete what was delivered: %w", e))
		}
	}
	return err
}

// lookAtOldest notes the time of the entry that has become the first. Damage there keeps the time that was known.
func (q *Queue) lookAtOldest() error {
	from, left, ok := q.unread()
	if !ok {
		return nil
	}
	batch, err := q.take(from, min(left, headerSize), left)
	if err != nil || len(batch.Entries) == 0 {
		return err
	}
	q.mu.Lock()
	q.oldest = batch.at
	q.mu.Unlock()
	return nil
}
