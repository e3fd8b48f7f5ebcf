package embedded

import (
	"fmt"

	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kfake"
)

// kafkaLog passes the broker's warnings and errors on; its lower levels log every request.
type kafkaLog struct{ log zerolog.Logger }

// Logf implements kfake.Logger.
func (l kafkaLog) Logf(level kfake.LogLevel, format string, args ...any) {
	switch level {
	case kfake.LogLevelError:
		l.log.Error().Str("from", "kafka").Msg(fmt.Sprintf(format, args...))
	case kfake.LogLevelWarn:
		l.log.Warn().Str("from", "kafka").Msg(fmt.Sprintf(format, args...))
	}
}
