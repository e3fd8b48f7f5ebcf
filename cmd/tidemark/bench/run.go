package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/processors"
	"tidemark/sinks"
	"tidemark/sinks/memory"
)

// Options says what to measure.
type Options struct {
	Query string // q1, q2, q3 or q4

	Topic  string
	Client []kgo.Opt // brokers, TLS, SASL
	Out    string    // file for the answer, tab-separated
	// RecordTime is "create" for topics whose timestamps come from the producer, as the workload's do.
	RecordTime string
	// ClickHouse is the DSN of a database for the rows; empty keeps them in memory.
	ClickHouse string
	Log        zerolog.Logger
}

// Result is what a run took. CPU is user and system time of the whole process.
type Result struct {
	Records int64   `json:"records"`
	WallS   float64 `json:"wall_s"`
	CPUS    float64 `json:"cpu_s"`
}

// Run reads the topic from its first to its present last offset through the ordinary processors, with watermark,
// commits and rows, and writes the answer.
func Run(ctx context.Context, o Options) (Result, error) {
	def, err := definition(o.Query, o.Topic)
	if err != nil {
		return Result{}, err
	}
	if err := def.Check(); err != nil {
		return Result{}, err
	}
	work, err := processors.Catalogue{def}.Work(def.Group, fmt.Sprintf("tidemark-bench-%s-%d", o.Query, os.Getpid()))
	if err != nil {
		return Result{}, err
	}
	sink, write, err := openSink(ctx, o, def)
	if err != nil {
		return Result{}, err
	}
	var t tally
	work.NewTask = t.counting(work.NewTask)
	start := time.Now()
	err = processors.Run(ctx, processors.Config{
		Work: work, Sink: sink, Client: o.Client, RecordTime: o.RecordTime, Bounded: true, Log: o.Log,
		DeadLetters: refuse, Permanent: sinks.Permanent,
	})
	if err != nil {
		return Result{}, err
	}
	if err := answer(o.Out, func(w io.Writer) error { return write(w, t.parts) }); err != nil {
		return Result{}, err
	}
	wall := time.Since(start).Seconds()
	cpu, err := cpuSeconds()
	return Result{Records: t.records.Load(), WallS: wall, CPUS: cpu}, err
}

// openSink opens where the rows go, and how the answer is read from there.
func openSink(ctx context.Context, o Options, def processors.Definition) (processors.Sink, func(io.Writer, []uint64) error, error) {
	if o.ClickHouse != "" {
		sink, err := openClickHouse(ctx, o.ClickHouse, def)
		return sink, func(w io.Writer, parts []uint64) error { return writeFrom(ctx, w, sink, o.Query, parts) }, err
	}
	sink, err := memory.New(append(processors.SystemTables(), def.Table()))
	return sink, func(w io.Writer, _ []uint64) error { return write(w, o.Query, sink.Each) }, err
}

func cpuSeconds() (float64, error) {
	var ru syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &ru); err != nil {
		return 0, fmt.Errorf("reading the process's CPU time: %w", err)
	}
	return time.Duration(ru.Utime.Nano() + ru.Stime.Nano()).Seconds(), nil
}

// tally notes what the tasks have done.
type tally struct {
	records atomic.Int64
	mu      sync.Mutex
	parts   []uint64
}

// counted is a task that adds the records of every flush to a total.
type counted struct {
	processors.Task
	total *atomic.Int64
}

func (c counted) Flush(headline bool) processors.Flush {
	f := c.Task.Flush(headline)
	c.total.Add(f.Stats.Records)
	return f
}

func (t *tally) counting(newTask func(processors.Assignment) (processors.Task, error)) func(processors.Assignment) (processors.Task, error) {
	return func(a processors.Assignment) (processors.Task, error) {
		t.mu.Lock()
		t.parts = append(t.parts, a.Part)
		t.mu.Unlock()
		task, err := newTask(a)
		return counted{task, &t.records}, err
	}
}

// refuse ends the run: an answer that leaves records out is none.
func refuse(_ context.Context, topic string, partition int32, dead []processors.Dead) error {
	return sinks.Refused(fmt.Sprintf("%s/%d@%d: not a record of the workload", topic, partition, dead[0].Offset), dead[0].Reason)
}

func answer(file string, write func(io.Writer) error) (err error) {
	f, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return write(f)
}
