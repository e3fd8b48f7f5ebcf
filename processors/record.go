package processors

import (
	"errors"
	"slices"

	"tidemark/schemas"
)

// Record is one Kafka record as a task sees it. Key and Value are only valid during Apply.
type Record struct {
	Offset    int64
	Time      schemas.Millis // append time
	Key       []byte         // as Value; of no meaning to a task, a dead letter keeps it
	Value     []byte
	Heartbeat bool
}

// Position is where a group stands in one partition; it is committed with the offset. What a task needs to take the
// work up again is replayed from it.
type Position struct {
	C int64 // committed offset: the first record within the dedupe horizon before L
	L int64 // oldest record that an open window or session needs
	P int64 // next offset to read: what lies before it has been emitted
	// MAtL and MAtP are the highest event times seen before the records at L and at P.
	MAtL, MAtP schemas.Millis
	Metrics    []Start
	Chains     []Chain
	// Snapshot is where a snapshot from at or before P lies; nil where none is known. It is a hint: nothing depends on it.
	Snapshot *SnapshotRef
}

// Chain says where a replay takes up a chain of sessions of one key that caps have cut: its events before (At, Off) belong
// to sessions that are counted for good, and would move the cuts if they were folded without what came before them.
type Chain struct {
	Sessions uint32 // fingerprint of the sessions' definition
	Key      uint64 // hash of the key
	At       schemas.Millis
	Off      int64
}

// Start says from when on a metric counts in a partition: windows that begin at or before From were cut by a change of the
// catalogue (or of the log) and are never written. From is 0 for a metric that has no such limit any more.
type Start struct {
	Hash uint32 // fingerprint of the metric's definition
	From schemas.Millis
}

// Part identifies one partition of one incarnation of a topic: the first four bytes of the topic's id, then the partition.
func Part(topicID [16]byte, partition int32) uint64 {
	return uint64(topicID[0])<<56 | uint64(topicID[1])<<48 | uint64(topicID[2])<<40 | uint64(topicID[3])<<32 | uint64(uint32(partition))
}

// Version orders the rows of one key: revision first, then an offset. For a metric's rows that is the last record
// applied, for the rows of watermarks and dirty the next one to read.
func Version(revision uint32, offset int64) uint64 {
	return uint64(revision)<<40 | uint64(offset)
}

// Assignment is what Run knows of a partition when it is handed to the process.
type Assignment struct {
	Group     string // consumer group; Work.NewTask sets it
	Topic     string
	Partition int32
	Part      uint64
	Revision  uint32
	LogStart  int64     // first offset that the log still holds
	Position  *Position // nil where the group has committed none
	// Known is the newest M that the store holds for the part, for a partition without a Position; 0 where it holds none.
	Known schemas.Millis
}

// Dead is a record that could not be counted.
type Dead struct {
	Offset int64
	Time   schemas.Millis // append time
	Reason schemas.Reason
	Key    []byte // a copy; nil where the record had none, or the caller gave none
	Value  []byte // a copy
}

// ReasonPanic is why a record is dead whose counting panicked.
const ReasonPanic schemas.Reason = "panic while counting"

func deadOf(r *Record, cause error) Dead {
	reason := schemas.BadValue
	errors.As(cause, &reason)
	return Dead{Offset: r.Offset, Time: r.Time, Reason: reason, Key: slices.Clone(r.Key), Value: slices.Clone(r.Value)}
}

// Flush is what a task hands over: rows to store, then the position to commit.
type Flush struct {
	Blocks   []schemas.Block
	Dead     []Dead
	Position Position
	M        schemas.Millis // highest event time seen
	Ver      uint64         // of the task's row in the watermarks table: revision and next offset to read
	Stats    Stats
	// ChainsLeft is how many chains of sessions Position had no room for. The sessions of their keys may be cut at other
	// events by the next owner.
	ChainsLeft int
	// Replaying says that the task has not yet reached the position it was given: there is nothing to store or commit.
	Replaying bool
}

// Stats counts what happened to the records since the previous Flush.
type Stats struct {
	Records     int64 // events read, heartbeats apart, the silent replay apart
	Heartbeats  int64
	Replayed    int64 // read again silently
	Duplicates  int64
	Late        int64 // (record, metric) pairs refused because the window had closed
	Quarantined int64
	Other       int64 // (record, metric) pairs counted under "(other)"
}

// Task is the work of one group on one partition. Its methods are called by one goroutine at a time.
type Task interface {
	// Apply takes records in offset order.
	Apply(recs []Record)
	// Flush hands over what changed since the last one. A headline flush holds only the rows of headline metrics, and its
	// Position must not be committed.
	Flush(headline bool) Flush
	// Close ends a bounded run: the watermark goes to infinity and every window closes. The live job never calls it.
	Close()
	// Bytes estimates the memory held, for the cap per partition.
	Bytes() int64
}
