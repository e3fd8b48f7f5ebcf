package chaos

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tidemark/deploy/integration/rig"
	"tidemark/processors/metrics"
)

// Held is what came of holding tables to an oracle.
type Held struct {
	Rows, Differ int
	Lines        []string // the first differences
	Caught       []int    // rows that differ from each control
}

// String sums it up.
func (h Held) String() string {
	return fmt.Sprintf("%d rows compared with the oracle, %d differ; the controls differ in %v", h.Rows, h.Differ, h.Caught)
}

// Problems says what is wrong; nothing for a good one.
func (h Held) Problems() []string {
	all := h.Lines
	for i, n := range h.Caught {
		if n == 0 {
			all = append(all, fmt.Sprintf("control %d does not differ: this proves nothing", i+1))
		}
	}
	if h.Rows == 0 {
		all = append(all, "there is nothing to compare")
	}
	return all
}

// HoldAligned compares the metrics of single events with an oracle, and with controls that are wrong on purpose. Metrics on
// sessions are left out: within a test of minutes no session ends.
func HoldAligned(ctx context.Context, ch rig.ClickHouse, log []Record, oracle Oracle, controls ...Oracle) (h Held, err error) {
	got, err := read(ctx, ch, MetricsQueries())
	if err != nil {
		return h, err
	}
	want, err := aligned(oracle, log)
	if err != nil {
		return h, err
	}
	for name := range want {
		h.Rows += len(want[name])
	}
	h.Lines, h.Differ = Diff(got, want, 20)
	for _, control := range controls {
		wrong, err := aligned(control, log)
		if err != nil {
			return h, err
		}
		_, n := Diff(got, wrong, 0)
		h.Caught = append(h.Caught, n)
	}
	return h, nil
}

func aligned(oracle Oracle, log []Record) (Tables, error) {
	tables, err := oracle(log)
	for _, d := range metrics.All().Streams() {
		if d.Sessions != nil {
			delete(tables, d.TableName())
		}
	}
	return tables, err
}

// Correct runs the corrector until no window of a metric of single events is dirty, and returns how many marks there were.
// None at all is an error: nothing was late, and the corrector proves nothing.
func Correct(ctx context.Context, r *rig.Rig, crew *Crew) (marks int64, err error) {
	if marks, err = dirty(ctx, r.ClickHouse); err != nil {
		return 0, err
	}
	if marks == 0 {
		return 0, errors.New("no window is dirty: no event was late, and the corrector has nothing to show")
	}
	if err := crew.Join("correct", r.Programs.Correct()); err != nil {
		return marks, err
	}
	for began := time.Now(); ; {
		left, err := dirty(ctx, r.ClickHouse)
		if err != nil {
			return marks, err
		}
		if left == 0 {
			return marks, crew.Leave(ctx, "correct", 30*time.Second)
		}
		if time.Since(began) > 2*time.Minute {
			return marks, errors.Join(fmt.Errorf("%d marks of %d are left after two minutes", left, marks), crew.Check())
		}
		if err := sleep(ctx, 200*time.Millisecond); err != nil {
			return marks, err
		}
	}
}

// dirty counts the marks on windows of metrics of single events.
func dirty(ctx context.Context, ch rig.ClickHouse) (int64, error) {
	var names []string
	for _, d := range metrics.All().Streams() {
		if d.Sessions == nil {
			names = append(names, "'"+d.Name+"'")
		}
	}
	rows, err := ch.Query(ctx, "SELECT count() FROM v_dirty WHERE metric IN ("+strings.Join(names, ",")+")")
	if err != nil {
		return 0, err
	}
	return number(rows[0][0]), nil
}
