package proctest

import (
	"fmt"

	"tidemark/processors"
)

// Rows is the final content of metric tables for one partition: metric, then key, to the text of the values.
type Rows map[string]map[Key]string

// Run gives the log to the engine, with a new owner after every so many records, ends it and returns the rows.
func Run(work processors.Work, topic string, log []processors.Record, every int) (Rows, error) {
	t := newTables()
	a := processors.Assignment{Topic: topic}
	for done := 0; ; {
		task, err := work.NewTask(a)
		if err != nil {
			return nil, err
		}
		from := 0
		if a.Position != nil {
			from = int(a.Position.C)
		}
		done = min(done+every, len(log))
		task.Apply(log[from:done])
		if done == len(log) {
			task.Close()
		}
		f := task.Flush(false)
		for i := range f.Blocks {
			t.insert(&f.Blocks[i])
		}
		if done == len(log) {
			break
		}
		a.Position = &f.Position
	}
	rows := Rows{}
	for p, v := range t.newest {
		if rows[p.metric] == nil {
			rows[p.metric] = map[Key]string{}
		}
		rows[p.metric][p.Key] = v.text
	}
	return rows, nil
}

// Compare says how rows differ from what they ought to be, and how many it has compared.
func Compare(want *Outcome, got Rows) (n int, err error) {
	for name, c := range want.Metrics {
		for key, r := range c.Rows {
			n++
			if have, ok := got[name][key]; !ok || have != r.Text() {
				return n, fmt.Errorf("%s at %d of %q: got %q, want %q", name, key.Start, key.Dims, have, r.Text())
			}
		}
		for key, text := range got[name] {
			if c.Rows[key] == nil {
				return n, fmt.Errorf("%s at %d of %q: got %q, want no row", name, key.Start, key.Dims, text)
			}
		}
	}
	return n, nil
}
