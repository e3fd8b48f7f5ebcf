package processors

import (
	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kgo"
)

// clientLog passes the Kafka client's warnings and errors on to the program's log.
type clientLog struct {
	log zerolog.Logger
}

// Level implements kgo.Logger.
func (clientLog) Level() kgo.LogLevel { return kgo.LogLevelWarn }

// Log implements kgo.Logger.
func (l clientLog) Log(level kgo.LogLevel, msg string, keyvals ...any) {
	e := l.log.Warn()
	if level == kgo.LogLevelError {
		e = l.log.Error()
	}
	e.Fields(keyvals).Msg("kafka: " + msg)
}
