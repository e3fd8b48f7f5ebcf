package chaos

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Rows is one table's content: the key's columns joined by blanks, then the other columns as text.
type Rows map[string][]string

// Tables is the content of some tables by name.
type Tables map[string]Rows

// Oracle says what the tables must hold once everything in the log has been counted. It shares no state with the
// programs under test: it sees the log, from offset 0 on, and nothing else.
type Oracle func(log []Record) (Tables, error)

// Query reads one table: its first Keys columns identify a row, the rest are its values.
type Query struct {
	SQL  string
	Keys int
}

// Diff lists the cells of got that are not as in want, at most limit of them, and returns how many rows differ in all.
// A table that the oracle does not name is not compared.
func Diff(got, want Tables, limit int) (lines []string, rows int) {
	for _, table := range slices.Sorted(maps.Keys(want)) {
		keys := make(map[string]bool)
		for key := range want[table] {
			keys[key] = true
		}
		for key := range got[table] {
			keys[key] = true
		}
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			g, inGot := got[table][key]
			w, inWant := want[table][key]
			if inGot == inWant && slices.Equal(g, w) {
				continue
			}
			rows++
			if len(lines) < limit {
				lines = append(lines, fmt.Sprintf("%s[%s]: got %s, want %s", table, key, show(g, inGot), show(w, inWant)))
			}
		}
	}
	return lines, rows
}

func show(values []string, present bool) string {
	if !present {
		return "no row"
	}
	return "(" + strings.Join(values, ", ") + ")"
}

// inOrder sorts records by topic, partition and offset.
func inOrder(a, b Record) int {
	return cmp.Or(strings.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Offset, b.Offset))
}
