package chaos

import (
	"bytes"
	"fmt"
	"strings"
)

// Where the results are kept and what is generated from them, below the root of the repository.
const (
	ResultsFile  = "deploy/integration/chaos/results.tsv"
	DocumentFile = "docs/reliability.md"
)

// documentHead is the text before the table.
const documentHead = `<!-- Generated from deploy/integration/chaos by "make generate"; do not edit. -->
# Reliability

## The promise

An event that the collector answered with 2xx is in Kafka, on every in-sync replica; clickstream, while Kafka is away and the
collector has a spool, is fsynced on the collector's disk. It changes each metric once, however often its sender repeats it
within the dedupe horizon and however often a worker dies and reads it again, as long as the copies carry one event id, time
and partition key. An event later than a metric's lateness is kept among the raw events,
counted as late, and its window is marked. What cannot be read goes to the dead letter topic with its reason, and the
partition moves on. Nothing is dropped without being counted.

The means: a position is committed only after its rows, dead letters and watermarks are stored; rows are upserts under a
version made of revision and offset, so that whatever a crash cuts off is written again over itself; a member of a group that
was expelled drops its state and can no longer commit; a store that is away stops the fetch, not the program.

## The limits

- No promise for senders that give neither id nor time, and none for copies beyond the horizon: 10 minutes for
  clickstream, 24 hours for the rest.
- None past Kafka's retention. A group that must read on from a record that is gone ends with an error that says so.
- Copies of an event count once within a partition. Growing a topic moves keys to other partitions: drain the programs,
  let the senders' repeats run out, grow, start again.
- A spool is on one machine: its disk lost before Kafka is back is its clickstream lost. A collector that dies between
  Kafka's acknowledgement and the note of it sends up to 1 MiB again when it is started; beyond the horizon that counts twice.
- A row that is not complete is provisional.
- Kafka must stamp records itself (LogAppendTime); the programs refuse topics that do not.
- SIGKILL, as below, does not lose what the operating system holds. Power loss does, for a broker with one replica.

## The proof

` + "`make chaos`" + ` runs the real programs against a real Kafka and the real ClickHouse engine, each in processes of their own,
and plays the cells below one after the other (about 40 minutes on two cores), then some rounds of random kills (ROUNDS=3).
` + "`make chaos CELLS='^store-'`" + ` plays those that match. It needs Linux, root for the cell with the full disk, and the
repository's history for the cell with two builds; where one is missing the cell fails. ` + "`make integration`" + ` plays three cells
and one round. ` + "`TIDEMARK_CHAOS_SEED`" + ` sets the seed; cell n of the list has the seed plus n.

In each cell:

- the sender takes down which events were acknowledged. Each must have a raw row (lost), and none two that count (double);
- the log is read back, and all tables are compared with three oracles over it: the batch oracle for every metric, one
  that shares no code with the programs for some of them, and one for the raw rows. Every row must be equal (differ);
- the same comparison with oracles that are wrong on purpose (no deduplication, sessions by arrival, no duplicate marks;
  for some loads a further broken rule) must fail for every table (control: rows that differ then);
- the fault must have hit (hits), by the evidence named, and no program may have died of anything else.

A cell of refusals compares no tables: its rows are refusals as expected, and its control is the starts with the right
settings.

`

// Document writes docs/reliability.md: the text, and a line for each cell with its last result.
func Document(results map[string]Result) []byte {
	var out bytes.Buffer
	out.WriteString(documentHead)
	good, events, records, lost, double := 0, 0, 0, 0, 0
	for _, c := range Cells() {
		r := results[c.Name]
		if r.OK {
			good++
		}
		events, records, lost, double = events+r.Events, records+r.Records, lost+r.Lost, double+r.Double
	}
	fmt.Fprintf(&out, "Last run: %d of %d cells green with their controls; %d events in %d records, %d lost, %d double.\n\n",
		good, len(Cells()), events, records, lost, double)
	out.WriteString("| Cell | Fault | Verdict | Hits | Evidence | Events | Lost | Double | Rows | Differ | Control | Seed |\n")
	out.WriteString("|---|---|---|---:|---|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, c := range Cells() {
		r, played := results[c.Name]
		if !played {
			fmt.Fprintf(&out, "| %s | %s | not run | | | | | | | | | |\n", c.Name, cellText(c.Fault))
			continue
		}
		verdict := "**failed**"
		if r.OK {
			verdict = "green"
		}
		fmt.Fprintf(&out, "| %s | %s | %s | %d | %s | %d | %d | %d | %d | %d | %d | %d |\n", r.Cell, cellText(c.Fault), verdict,
			r.Hits, cellText(r.Proof), r.Events, r.Lost, r.Double, r.Rows, r.Differ, r.Control, r.Seed)
	}
	return out.Bytes()
}

// cellText keeps a text within its cell of the table.
func cellText(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
