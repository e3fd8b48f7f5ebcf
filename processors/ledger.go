package processors

import (
	"hash/fnv"

	"tidemark/processors/window"
	"tidemark/schemas"
)

// accountMinute is the length of an account's window over append time, in milliseconds.
const accountMinute = 60_000

// fate is what became of an event in one metric. Every event that is read has exactly one in each.
type fate uint8

const (
	skipped     fate = iota // not one of the metric's events
	counted                 // stands in a window at least, or was taken into the sessions; landed, for the raw tables
	late                    // every window that it may count for had closed
	duplicate               // its id was seen within the horizon
	quarantined             // could not be read, or made the counting panic
	cut                     // every window that it may count for began before the metric or the log did, or had closed
	fates
)

// or is the fate of an event that had fate f in the windows before and has g in one more: it is late or cut only where it
// counts nowhere, and late before cut, since a recompute without lateness would count it.
func (f fate) or(g fate) fate {
	if f == counted || f == late {
		return f
	}
	return g
}

// account counts the events of a minute by their fate.
type account [fates]int64

// entry is a minute as it is stored.
type entry struct {
	Minute   int64 // its start, milliseconds
	Last     int64 // offset of its last event: the rows' version
	Produced int64
	Accounts []account
}

// ledger counts what became of a partition's events, per minute of append time. Append times never fall, so one minute
// is open at a time, and a replay that begins at its first record counts it alike. Should they fall, where producers set
// them, the event counts for the minute that is open.
//
// "Produced" is counted when a record is read, the fates where they are decided, so that an event which no branch of the
// code accounts for leaves a difference.
type ledger struct {
	open    entry // Minute is negative before the first record
	low     window.Low
	from    int64 // minutes at or before it are not known from their beginning and never stored; negative: none
	settled int   // accounts that know the fate of the record under way
	changed bool  // open differs from what was handed over last
	closed  []entry
}

// newLedger keeps n accounts. A log whose beginning is missing begins amid a minute, which is then not stored.
func newLedger(n int) ledger {
	return ledger{open: entry{Minute: -1, Accounts: make([]account, n)}, low: window.NoLow(), from: -1, settled: n}
}

// see begins a record. M is the highest event time before it; partial says that it is the first of a log whose beginning is
// missing.
func (l *ledger) see(r *Record, m int64, partial bool) {
	if int64(r.Time) >= l.open.Minute+accountMinute || l.open.Minute < 0 {
		l.turn(r, m)
	}
	if partial {
		l.from = l.open.Minute
	}
	if r.Heartbeat {
		l.settled = len(l.open.Accounts)
		return
	}
	l.settled = 0
	l.open.Produced++
	l.open.Last = r.Offset
	l.changed = true
}

// turn closes the open minute and opens that of r.
func (l *ledger) turn(r *Record, m int64) {
	if l.changed && l.open.Minute > l.from {
		done := l.open
		done.Accounts = append([]account(nil), done.Accounts...)
		l.closed = append(l.closed, done)
	}
	clear(l.open.Accounts)
	l.open.Minute, l.open.Produced, l.changed = window.Floor(int64(r.Time), accountMinute), 0, false
	l.low = window.Low{Off: r.Offset, At: int64(r.Time), M: m}
}

// note says what became of the record under way in the next account.
func (l *ledger) note(f fate) {
	l.open.Accounts[l.settled][f]++
	l.settled++
}

// bury says that the record under way is dead to the accounts that do not know its fate yet.
func (l *ledger) bury() {
	for l.settled < len(l.open.Accounts) {
		l.note(quarantined)
	}
}

// settle forgets what has been handed over, or, at the end of the silent replay, what the owner before has stored.
func (l *ledger) settle() { l.closed, l.changed = nil, false }

// take hands over the minutes that have changed since the last time.
func (l *ledger) take() []entry {
	all := l.closed
	if l.changed && l.open.Minute > l.from {
		all = append(all, l.open)
	}
	l.closed, l.changed = nil, false
	return all
}

// start is what the next owner must know: whether the open minute is one that is not stored.
func (l *ledger) start() []Start {
	if l.from < 0 || l.open.Minute > l.from {
		return nil
	}
	return []Start{{Hash: ledgerHash(), From: schemas.Millis(l.from)}}
}

// resume takes up what start said.
func (l *ledger) resume(p *Position) {
	for _, s := range p.Metrics {
		if s.Hash == ledgerHash() {
			l.from = int64(s.From)
		}
	}
}

// ledgerHash stands among the fingerprints of metrics in a Position.
func ledgerHash() uint32 {
	h := fnv.New32a()
	h.Write([]byte("accounts"))
	return h.Sum32()
}
