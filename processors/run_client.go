package processors

import (
	"time"

	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kgo"
)

// options are the caller's, then what the contract of Run rests on.
func (s *session) options() []kgo.Opt {
	opts := append([]kgo.Opt{}, s.cfg.Client...)
	opts = append(opts,
		kgo.WithLogger(clientLog{s.cfg.Log}),
		kgo.WithPools(&recordPool{}),
		// A fetch in flight does not learn that a partition was resumed, so it must not wait long for the others.
		kgo.FetchMaxWait(100*time.Millisecond),
		kgo.FetchMaxBytes(4<<20),
		kgo.FetchMaxPartitionBytes(512<<10),
		kgo.ConsumeStartOffset(kgo.NewOffset().AtStart()),
		// A position outside the log must never be healed by a jump: the rows would be wrong without a word.
		kgo.ConsumeResetOffset(kgo.NoResetOffset()),
	)
	if s.cfg.Bounded {
		return append(opts, kgo.KeepControlRecords())
	}
	return append(opts,
		kgo.ConsumerGroup(s.cfg.Work.Group),
		kgo.Balancers(kgo.CooperativeStickyBalancer()),
		kgo.DisableAutoCommit(),
		kgo.BlockRebalanceOnPoll(),
		kgo.OnPartitionsAssigned(s.onAssigned),
		kgo.OnOffsetsFetched(s.onOffsets),
		kgo.AdjustFetchOffsetsFn(s.startOffsets),
		kgo.OnPartitionsRevoked(s.onRevoked),
		kgo.OnPartitionsLost(s.onLost),
	)
}

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
