package rollup

import (
	"context"
	"time"

	"tidemark/processors"
)

const (
	// tidyEvery is how often rows are deleted that nobody reads.
	tidyEvery = time.Hour
	// tidyAfter is the age from which a version that is not read never will be: no statement runs for so long.
	tidyAfter = 6 * time.Hour
)

// tidy deletes rows of versions that have been replaced, and of runs that broke off.
func (r *Runner) tidy(ctx context.Context, s *processors.Spec) error {
	now := r.Now()
	if now.Sub(r.clean[s.Name]) < tidyEvery {
		return nil
	}
	err := r.Sink.Exec(ctx, "DELETE FROM "+s.TableName()+` WHERE ver < {cut:UInt64}
AND (shop, window_start, ver) NOT IN (SELECT shop, period, ver FROM rollup_runs FINAL WHERE rollup = {rollup:String})`,
		param("cut", uint64(now.Add(-tidyAfter).UnixNano())), param("rollup", s.Name))
	if err == nil {
		r.clean[s.Name] = now
	}
	return err
}
