package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"tidemark/ingest/history"
)

// watch shows how far an import is until the function that it returns is called: a bar on a terminal, else a line in the
// log every five seconds.
func watch(p *history.Progress, to io.Writer, log zerolog.Logger) (done func()) {
	every := 5 * time.Second
	bar := terminal(to)
	if bar {
		every = 200 * time.Millisecond
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	began := time.Now()
	go func() {
		defer close(stopped)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				if bar {
					_, _ = fmt.Fprint(to, "\r\x1b[K")
				}
				return
			case <-tick.C:
			}
			if bar {
				_, _ = fmt.Fprint(to, "\r\x1b[K"+progressBar(p, time.Since(began)))
				continue
			}
			read, size := p.Bytes()
			log.Info().Int64("lines", p.Lines.Load()).Int64("events", p.Events.Load()).Int64("written", p.Written.Load()).
				Int64("already_there", p.There.Load()).Int64("to_be_stored", p.Waiting.Load()).Str("read", percent(read, size)).Msg("importing")
		}
	}()
	return func() {
		close(stop)
		<-stopped
	}
}

// barWidth is how many characters the bar has.
const barWidth = 24

// progressBar is one line without its end.
func progressBar(p *history.Progress, took time.Duration) string {
	lines := p.Lines.Load()
	read, size := p.Bytes()
	rate := float64(lines) / max(took.Seconds(), 0.001)
	text := fmt.Sprintf("%d lines  %.0f/s  %d events", lines, rate, p.Events.Load())
	if size == 0 {
		return text
	}
	full := int(barWidth * min(read, size) / size)
	text = fmt.Sprintf("[%s%s] %s  %s", strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), percent(read, size), text)
	switch waiting := p.Waiting.Load(); {
	case waiting > 0:
		text += fmt.Sprintf("  %d to be stored", waiting)
	case read > 0 && read < size:
		text += fmt.Sprintf("  %s left", (time.Duration(float64(took) * float64(size-read) / float64(read))).Round(time.Second))
	}
	return text
}

func percent(read, size int64) string {
	if size == 0 {
		return "?"
	}
	return fmt.Sprintf("%d%%", 100*min(read, size)/size)
}
