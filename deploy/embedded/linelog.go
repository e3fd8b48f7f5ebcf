package embedded

import (
	"bytes"

	"github.com/rs/zerolog"
)

// maxLine bounds what is kept of a line that does not end.
const maxLine = 16 << 10

// lineLogger logs what is written to it, a line each. One goroutine writes to it.
type lineLogger struct {
	log  zerolog.Logger
	rest []byte
}

func (l *lineLogger) Write(b []byte) (int, error) {
	l.rest = append(l.rest, b...)
	for {
		line, rest, ended := bytes.Cut(l.rest, []byte("\n"))
		if !ended && len(line) < maxLine {
			return len(b), nil
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			l.log.Info().Str("from", "engine").Msg(string(line))
		}
		l.rest = rest
	}
}
