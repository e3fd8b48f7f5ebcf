package archive

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tidemark/schemas"
	"tidemark/sinks"
)

// counts is the sink's own metrics.
type counts struct {
	spans    *prometheus.CounterVec
	files    prometheus.Counter
	bytes    prometheus.Counter
	failures *prometheus.CounterVec

	mu     sync.Mutex
	oldest schemas.Millis // append time of the oldest event that waits; 0 where none does
}

func newCounts(reg prometheus.Registerer) *counts {
	c := &counts{
		spans: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tidemark_archive_spans_total",
			Help: "Spans of the log handed over, by what became of them: written, or known from before."}, []string{"result"}),
		files: prometheus.NewCounter(prometheus.CounterOpts{Name: "tidemark_archive_files_total", Help: "Parquet files of the spans written."}),
		bytes: prometheus.NewCounter(prometheus.CounterOpts{Name: "tidemark_archive_bytes_total", Help: "Bytes of these files."}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tidemark_archive_errors_total",
			Help: "Spans that could not be written, by class: retryable or permanent."}, []string{"class"}),
	}
	if reg != nil {
		reg.MustRegister(c.spans, c.files, c.bytes, c.failures, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "tidemark_archive_waiting_seconds", Help: "Age of the oldest event that this worker has read and not yet archived; 0 where none waits.",
		}, c.age))
	}
	return c
}

// done counts the outcome of one span and passes its error on.
func (c *counts) done(files int, bytes int64, known bool, err error) error {
	switch {
	case sinks.Permanent(err):
		c.failures.WithLabelValues("permanent").Inc()
	case err != nil:
		c.failures.WithLabelValues("retryable").Inc()
	case known:
		c.spans.WithLabelValues("known").Inc()
	default:
		c.spans.WithLabelValues("written").Inc()
		c.files.Add(float64(files))
		c.bytes.Add(float64(bytes))
	}
	return err
}

// waiting notes the oldest event of the blocks: a flush brings the open span of every partition that the worker holds,
// and a closed span waits until it is stored.
func (c *counts) waiting(blocks []schemas.Block) {
	var oldest schemas.Millis
	told := false
	for i := range blocks {
		if s := blocks[i].Span; s != nil {
			told = true
			if s.Waiting > 0 && (oldest == 0 || s.Waiting < oldest) {
				oldest = s.Waiting
			}
		}
	}
	if !told {
		return
	}
	c.mu.Lock()
	c.oldest = oldest
	c.mu.Unlock()
}

func (c *counts) age() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.oldest == 0 {
		return 0
	}
	return time.Since(c.oldest.Time()).Seconds()
}
