package main

import (
	"context"
	"net/http/httptrace"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/rs/zerolog"

	"tidemark/processors"
	"tidemark/schemas"
)

// failpoint makes the hook for --failpoint; nil for an empty text. The hook kills this process with SIGKILL, which
// leaves nobody the time to put anything right, when the point is passed for the n-th time.
func failpoint(text string, log zerolog.Logger) (func(processors.Point), error) {
	if text == "" {
		return nil, nil
	}
	name, count, _ := strings.Cut(text, ":")
	point := processors.Point(name)
	n, err := strconv.ParseInt(count, 10, 64)
	if err != nil || n < 1 || !slices.Contains(processors.Points(), point) {
		return nil, usagef("--failpoint %q: give POINT:N with one of the points %v and N above 0", text, processors.Points())
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		return nil, err
	}
	var passed atomic.Int64
	return func(p processors.Point) {
		if p != point || passed.Add(1) != n {
			return
		}
		log.Warn().Str("point", name).Int64("passage", n).Msg("failpoint: killing this process")
		_ = self.Kill()
		select {} // nothing more may happen here, however long the signal takes
	}, nil
}

// failingSink reports the points that lie inside an insert, which only ClickHouse's HTTP interface shows. A nil hook
// leaves the sink as it is.
func failingSink(sink processors.Sink, at func(processors.Point)) processors.Sink {
	if at == nil {
		return sink
	}
	return tracedSink{sink, &httptrace.ClientTrace{
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				at(processors.PointSent)
			}
		},
		GotFirstResponseByte: func() { at(processors.PointAnswered) },
	}}
}

// tracedSink watches the HTTP requests of its inserts.
type tracedSink struct {
	processors.Sink
	trace *httptrace.ClientTrace
}

// Insert implements processors.Sink.
func (s tracedSink) Insert(ctx context.Context, blocks []schemas.Block) error {
	return s.Sink.Insert(httptrace.WithClientTrace(ctx, s.trace), blocks)
}
