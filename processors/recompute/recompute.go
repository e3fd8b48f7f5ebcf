// Package recompute rebuilds closed windows from raw events, by the stream's own code and under a fresh revision, and
// corrects by itself what the stream has marked as dirty.
//
// What a crash leaves behind is right at every moment. The rows and tombstones of a window travel in one insert, under a
// revision that no other recompute has, so a window shows either what it did before or what the recompute found.
// The row in the table rebuilt, which clears the window's marks, follows afterwards: a crash between the two only repeats
// the window under the next revision. The stream writes closed windows never again, or under revision 0, which loses.
package recompute

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// Config says where to recompute.
type Config struct {
	Sink      *clickhouse.Sink
	Catalogue processors.Catalogue
	Log       zerolog.Logger
	Progress  func(Progress) // told now and then, in one goroutine; nil where nobody looks
	// SliceRows is how many raw rows are counted at once, which bounds the memory; 0 stands for 200,000. A window of a
	// metric of single events, or a minute, is never divided.
	SliceRows int64
	Now       func() time.Time // the clock of event times and reports; nil stands for time.Now. Leases follow the system's
}

// Progress says how far a Rebuild has come.
type Progress struct {
	Metric    string
	Done      time.Time // event time up to which raw events were counted
	From, To  time.Time // event times that are read in all
	Events    int64
	Revision  uint32
	Lead      bool // what lies before the first window is being read
	Rows      int64
	Completed bool
}

// Job is what to rebuild.
type Job struct {
	Metric   string
	From, To time.Time // windows that begin in [From, To)
	Parts    []uint64  // nil: all
	// Offline says that no consumer group writes the metric's table, now or later, from the log that the raw events came
	// from, as after a restore into a new database: every window counts as closed, whatever the watermarks say.
	Offline bool
	// noWait makes a land that is behind, and another recompute of the metric, an error instead of a reason to wait.
	noWait bool
	// stretches of windows to rebuild instead of all of [From, To), in the order of time.
	stretches []stretch
}

// stretch is windows that a correction rebuilds.
type stretch struct {
	slice
	// settle is the event time of the last late event that the stretch corrects, of a metric on sessions. A chain of sessions
	// that holds it and outlasts the stretch marks the window behind.
	settle int64
}

// Report says what a Rebuild has done.
type Report struct {
	Metric     string
	From, To   time.Time // windows that begin in [From, To) were rebuilt
	Revision   uint32    // 0 where there was nothing to rebuild
	Windows    int64     // pairs of window and part
	Rows       int64     // stored, tombstones apart
	Tombstones int64
	Took       time.Duration
	processors.RecountStats
	// OpenFrom is the first window left out because it is still open; zero where there is none.
	OpenFrom time.Time
	// Expired is where the windows begin whose raw events are still kept, of live events; older ones were left out. Zero
	// where none was.
	Expired time.Time
	// LeftOut names parts that were left as they are, and why.
	LeftOut []string
}

// Recompute rebuilds metrics of one database. It is safe for concurrent use; two rebuilds of a metric wait for each other.
type Recompute struct {
	Config
	metrics map[string]*processors.Definition
}

// New prepares recomputes; it does not connect yet.
func New(c Config) (*Recompute, error) {
	if c.Sink == nil {
		return nil, errors.New("recompute: no sink")
	}
	if err := c.Catalogue.Check(); err != nil {
		return nil, err
	}
	if c.SliceRows <= 0 {
		c.SliceRows = 200_000
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Progress == nil {
		c.Progress = func(Progress) {}
	}
	c.Catalogue = c.Catalogue.Streams()
	r := &Recompute{Config: c, metrics: map[string]*processors.Definition{}}
	for i := range c.Catalogue {
		d := &c.Catalogue[i]
		family, ok := families()[d.Family]
		if !ok {
			return nil, fmt.Errorf("recompute: metric %q is of family %q, which has no raw table", d.Name, d.Family)
		}
		if _, err := family.wire(d.Unread); err != nil {
			return nil, fmt.Errorf("recompute: metric %q: Unread: %w", d.Name, err)
		}
		r.metrics[d.Name] = d
	}
	return r, nil
}

// ErrBehind says that land has not yet stored every raw event that the metrics have counted.
var ErrBehind = errors.New("land is behind")

// ErrBusy says that another recompute of the metric is under way.
var ErrBusy = errors.New("another recompute of the metric is under way")

// Rebuild counts the closed windows of the job from raw events and stores them, with a tombstone for every row that the
// table shows and that does not come out again. It may run beside the stream, and be repeated. It waits while land is
// behind the metric's group, and while another recompute of the metric runs.
func (r *Recompute) Rebuild(ctx context.Context, job Job) (Report, error) {
	began := r.Now()
	rep := Report{Metric: job.Metric}
	def := r.metrics[job.Metric]
	if def == nil {
		return rep, fmt.Errorf("there is no metric %q", job.Metric)
	}
	w := &work{r: r, def: def, job: job, rep: &rep, raw: families()[def.Family]}
	w.wire, _ = w.raw.wire(def.Unread) // New has checked it
	err := w.run(ctx)
	rep.Took = r.Now().Sub(began)
	if w.claim != nil {
		err = errors.Join(err, w.claim.finish(ctx, err, &rep))
	}
	if err != nil {
		return rep, fmt.Errorf("recompute of %s: %w", job.Metric, err)
	}
	return rep, nil
}

// work is one Rebuild under way.
type work struct {
	r      *Recompute
	def    *processors.Definition
	job    Job
	rep    *Report
	raw    raw
	wire   schemas.Wire
	at     standing
	claim  *claim
	settle int64 // event time of the last late event of the stretch under way whose mark is cleared
	read   int64 // raw rows read so far, those of leads included
}

func (w *work) run(ctx context.Context) error {
	step := w.def.Window.StepMS()
	from, to := ceil(w.job.From.UnixMilli(), step), ceil(w.job.To.UnixMilli(), step)
	if to <= from {
		return fmt.Errorf("no window begins between %s and %s", w.job.From.UTC().Format(time.RFC3339), w.job.To.UTC().Format(time.RFC3339))
	}
	// The claim comes first: whoever has the higher revision has seen at least as much.
	at, err := w.r.standing(ctx, w.def, w.job)
	if err != nil {
		return err
	}
	if end := at.closedTo(w.def); end < to {
		w.rep.OpenFrom, to = millis(max(end, from)), end
	}
	if to <= from {
		return nil
	}
	if w.claim, err = w.r.takeRevision(ctx, w.def.Name, from, to, w.job.noWait); err != nil {
		return err
	}
	if w.at, err = w.r.standing(ctx, w.def, w.job); err != nil {
		return err
	}
	w.rep.From, w.rep.To, w.rep.Revision, w.rep.LeftOut = millis(from), millis(to), w.claim.row.Revision, w.at.leftOut
	stretches := w.job.stretches
	if stretches == nil {
		stretches = []stretch{{slice: slice{from, to}}}
	}
	for _, s := range stretches {
		if w.settle = s.settle; s.to > to {
			return fmt.Errorf("windows from %s on are open again: the watermark went back", millis(to))
		}
		if err := w.passes(ctx, s.from, s.to); err != nil {
			return err
		}
	}
	return nil
}

// passes rebuilds the windows of [from, to). Raw events of the live topic that retention may have deleted are not there
// to count: what was counted of them stays.
func (w *work) passes(ctx context.Context, from, to int64) error {
	kept := w.at.kept
	if kept > from && len(w.at.live) > 0 {
		w.rep.Expired = millis(kept)
		if err := w.count(ctx, from, min(kept, to), without(w.at.upto, w.at.live)); err != nil {
			return err
		}
		from = kept
	}
	return w.count(ctx, from, to, w.at.upto)
}

// count rebuilds the windows of [from, to) of some parts.
func (w *work) count(ctx context.Context, from, to int64, upto map[uint64]int64) error {
	switch {
	case from >= to || len(upto) == 0:
		return nil
	case w.def.Sessions != nil:
		return w.countSessions(ctx, from, to, upto)
	}
	return w.countEvents(ctx, from, to, upto)
}

func millis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

func ceil(ms, step int64) int64 {
	if r := ((ms % step) + step) % step; r > 0 {
		return ms + step - r
	}
	return ms
}
