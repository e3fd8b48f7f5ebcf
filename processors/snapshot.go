package processors

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"tidemark/processors/wire"
	"tidemark/schemas"
)

// Snapshotter is what a Task offers whose state can be kept, so that whoever takes up the work need not read the whole
// dedupe horizon again. A snapshot is a cache: the state after the record before an offset depends on nothing but the
// log up to there, so any snapshot from before P serves, and where there is none the log is replayed.
type Snapshotter interface {
	// Snapshot appends the state to dst and returns it, with the offset of the next record to apply. It must be called
	// directly after a full Flush, and returns nil where the state cannot be kept: during the silent replay, or where
	// sessions cannot be written.
	Snapshot(dst []byte) (b []byte, next int64)
	// Restore takes up a snapshot in a new task, before any record, and returns the offset of the first record to apply:
	// the silent replay goes from there to P. After an error, one of those below, the task is of no use: make another.
	Restore(b []byte) (next int64, err error)
}

// Why a snapshot is of no use.
var (
	ErrSnapshotDamaged   = errors.New("the snapshot is damaged")
	ErrSnapshotVersion   = errors.New("the snapshot was written by another version of tidemark")
	ErrSnapshotPart      = errors.New("the snapshot belongs to another partition")
	ErrSnapshotCatalogue = errors.New("the snapshot belongs to other metrics")
	ErrSnapshotAhead     = errors.New("the snapshot is ahead of the committed position")
	ErrSnapshotOld       = errors.New("the snapshot is older than what the replay needs")
)

// snapshotVersion is raised with every change of what a section holds.
const snapshotVersion = 1

// section is one share of a task's state. Reading fills a task that has just been made.
type section struct {
	tag    byte
	append func(dst []byte) []byte
	read   func(*wire.Reader)
}

// sections lists the whole state. What is not listed here is lost at every change of owner.
func (t *metricTask) sections() []section {
	return append([]section{
		{'c', func(dst []byte) []byte { return binary.AppendVarint(dst, t.clock.M) }, func(r *wire.Reader) { t.clock.M = r.Varint() }},
		{'r', t.reading.append, t.reading.read},
		{'a', t.ledger.append, t.ledger.read},
	}, t.s.sections(&t.lastAt)...)
}

// Snapshot implements Snapshotter.
func (t *metricTask) Snapshot(dst []byte) (b []byte, next int64) {
	if t.phase != live || t.anchor || !t.s.writable() {
		return nil, 0
	}
	dst = append(dst, snapshotVersion)
	dst = binary.BigEndian.AppendUint64(dst, t.a.Part)
	dst = binary.AppendVarint(dst, t.next)
	dst = wire.AppendSized(dst, t.s.appendIdentity)
	for _, s := range t.sections() {
		dst = wire.AppendSized(append(dst, s.tag), s.append)
	}
	return dst, t.next
}

// Restore implements Snapshotter.
func (t *metricTask) Restore(b []byte) (next int64, err error) {
	p := t.a.Position
	if p == nil || !t.s.writable() {
		return 0, fmt.Errorf("%w: there is no position to go on from", ErrSnapshotCatalogue)
	}
	r := wire.NewReader(b)
	if next, err = t.checkHead(r, p); err != nil {
		return 0, err
	}
	t.next = next
	for _, s := range t.sections() {
		if tag := r.Bytes(1); tag == nil || tag[0] != s.tag {
			return 0, fmt.Errorf("%w: section %q is missing", ErrSnapshotDamaged, s.tag)
		}
		body := r.Sized()
		if s.read(body); !body.Done() {
			return 0, fmt.Errorf("%w: section %q", ErrSnapshotDamaged, s.tag)
		}
	}
	if !r.Done() {
		return 0, fmt.Errorf("%w: something follows the last section", ErrSnapshotDamaged)
	}
	if m := schemas.Millis(t.clock.M); m > p.MAtP || next == p.P && m != p.MAtP {
		return 0, fmt.Errorf("%w: the event times differ", ErrSnapshotDamaged)
	}
	t.cut, t.phase = nil, replaying
	t.turn(next)
	t.held = t.s.bytes()
	return next, nil
}

// checkHead reads what stands before the sections and says whether the snapshot serves the position.
func (t *metricTask) checkHead(r *wire.Reader, p *Position) (next int64, err error) {
	if v := r.Bytes(1); v == nil || v[0] != snapshotVersion {
		return 0, ErrSnapshotVersion
	}
	part := r.Uint64()
	next = r.Varint()
	identity := r.Sized()
	switch {
	case !r.OK():
		return 0, ErrSnapshotDamaged
	case part != t.a.Part:
		return 0, ErrSnapshotPart
	case next > p.P: // rows of what lies between may never have been written
		return 0, fmt.Errorf("%w: %d, and the position is %d", ErrSnapshotAhead, next, p.P)
	case next < p.C:
		return 0, fmt.Errorf("%w: %d, and the replay begins at %d", ErrSnapshotOld, next, p.C)
	case string(identity.Bytes(identity.Len())) != string(t.s.appendIdentity(nil)) || !t.s.knownTo(p):
		return 0, ErrSnapshotCatalogue
	}
	return next, nil
}

// appendIdentity writes which metrics and sessions the state belongs to, in their order.
func (t *typedStream[E]) appendIdentity(dst []byte) []byte {
	for _, s := range t.stores() {
		dst = binary.BigEndian.AppendUint32(dst, s.spec.Fingerprint())
	}
	for _, st := range t.stageStarts() {
		dst = binary.BigEndian.AppendUint32(dst, st.Hash)
	}
	return dst
}

// knownTo says whether every metric and all sessions were there already when the position was committed.
func (t *typedStream[E]) knownTo(p *Position) bool {
	known := func(hash uint32) bool {
		return slices.ContainsFunc(p.Metrics, func(s Start) bool { return s.Hash == hash })
	}
	return !slices.ContainsFunc(t.stores(), func(s *store) bool { return !known(s.spec.Fingerprint()) }) &&
		!slices.ContainsFunc(t.stageStarts(), func(s Start) bool { return !known(s.Hash) })
}

// append writes how far the log has been read.
func (l *reading) append(dst []byte) []byte {
	return l.offsets.Append(binary.AppendVarint(dst, l.lastAt))
}

func (l *reading) read(r *wire.Reader) {
	l.lastAt = r.Varint()
	l.offsets.Read(r)
}
