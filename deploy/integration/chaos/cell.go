package chaos

import (
	"context"
	"fmt"

	"tidemark/processors/proctest"
)

// Cell is one fault, under one load, with what must come of it.
type Cell struct {
	// Name identifies the cell in the table of results. Fault says what is done, in words for people.
	Name, Fault string
	// Load changes the usual load; nil leaves it.
	Load func(l *Load)
	// Crew names the programs at work; nil is one each of fast, slow and land.
	Crew []string
	// Ready is called before the load starts; it may be nil.
	Ready func(ctx context.Context, p *Play) error
	// Act runs beside the load and notes each hit. It returns when the last is over.
	Act func(ctx context.Context, p *Play) error
	// Early lets Act begin before the programs have stored anything.
	Early bool
	// Send writes the events in the place of the load; nil for the usual one.
	Send func(ctx context.Context, p *Play) (Sent, error)
	// After checks, once all is counted, what the tables do not show.
	After func(ctx context.Context, p *Play, log []Record) error
	// Now says that all events happen in the present, so that no session ends and some tables must stay empty.
	Now bool
	// Broken are rules that this load must reach: with one of them broken the oracle must differ.
	Broken []proctest.Rule
	// Disk, where it is not 0, gives the cell an engine of its own on a tmpfs of this many bytes.
	Disk int64
	// Nodes, where it is not 0, gives the cell a Kafka of its own with this many brokers.
	Nodes int
	// Least is how many hits there must be.
	Least int
	// Refusal is in the place of all the above for a cell in which a program must refuse to go on. It returns how many
	// refusals it saw, and how many right settings were accepted: its control.
	Refusal func(ctx context.Context, p *Play) (refused, accepted int, err error)
}

// Cells are all cells, in the order of the table.
func Cells() []Cell {
	var all []Cell
	for _, some := range [][]Cell{killCells(), groupCells(), storeCells(), brokerCells(), loadCells(), senderCells(), refusalCells()} {
		all = append(all, some...)
	}
	return all
}

// Result is what a cell gave; it is one line of results.tsv.
type Result struct {
	Cell    string
	OK      bool
	Hits    int    // times the fault hit
	Proof   string // what shows that it did
	Events  int    // different events that were acknowledged to their sender
	Records int    // records in the log
	Lost    int    // acknowledged events without a row
	Double  int    // events with more than one row that counts
	Rows    int    // rows compared with the oracles
	Differ  int    // of them, rows that differ
	Control int    // rows that differ from the oracles that are wrong on purpose
	Seed    uint64
}

// problems says why a result is not good; nothing for a good one.
func (r Result) problems(least int) (all []string) {
	if r.Hits < max(1, least) {
		all = append(all, fmt.Sprintf("the fault hit %d times, want at least %d: this proves nothing", r.Hits, max(1, least)))
	}
	if r.Lost+r.Double+r.Differ > 0 {
		all = append(all, fmt.Sprintf("%d events lost, %d double, %d rows differ", r.Lost, r.Double, r.Differ))
	}
	if r.Control == 0 {
		all = append(all, "the control does not differ: this proves nothing")
	}
	return all
}
