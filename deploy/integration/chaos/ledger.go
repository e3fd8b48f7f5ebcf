package chaos

import "sync"

// Ledger is the source's own record: which events were acknowledged to their sender. A nil Ledger takes nothing down.
type Ledger struct {
	mu    sync.Mutex
	acked map[string]map[string]bool // event ids by topic
}

// NewLedger returns an empty one.
func NewLedger() *Ledger { return &Ledger{acked: make(map[string]map[string]bool)} }

// Acked notes an event.
func (l *Ledger) Acked(topic, id string) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.acked[topic] == nil {
		l.acked[topic] = make(map[string]bool)
	}
	l.acked[topic][id] = true
}

// Events is how many different events were acknowledged.
func (l *Ledger) Events() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, ids := range l.acked {
		n += len(ids)
	}
	return n
}

// Against holds the raw rows of a topic to the ledger. counted maps event ids to the number of their rows that are no
// duplicates. An event is lost when it has no row, and double when it counts more than once.
func (l *Ledger) Against(topic string, counted map[string]int) (lost, double int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id := range l.acked[topic] {
		if counted[id] == 0 {
			lost++
		}
	}
	for _, n := range counted {
		if n > 1 {
			double++
		}
	}
	return lost, double
}
