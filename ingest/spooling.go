package ingest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/ingest/spool"
)

const (
	spoolPatience = 3 * time.Second // longer without an acknowledgement, Kafka counts as away
	drainBytes    = 1 << 20         // of the spool, sent and acknowledged together
	drainPause    = time.Second     // after a failure
	drainGrace    = 2 * time.Second // for the batch under way when the collector stops
)

// Spooling is a Producer that keeps clickstream on disk while Kafka is away, and sends it on afterwards.
//
//	here: records go to Kafka. No acknowledgement, or failed heartbeats: away
//	away: requests of nothing but clickstream and dead letters go into the spool, others get ErrKafkaAway at once;
//	      Run sends the head of the spool until it is acknowledged. All sent: here
//	      Once Kafka acknowledges again, requests without clickstream need not wait for that
//
// It is away whenever the spool holds anything or is about to, so new clickstream goes behind the old: what a visitor sent
// later lies later in the log. What Kafka did not acknowledge in time goes into the spool too and may lie in the log
// already, or get there from the client's buffer just before it: a copy with one id, time and key, counted once.
type Spooling struct {
	kafka    Producer
	queue    *spool.Queue
	log      zerolog.Logger
	metrics  *spoolMetrics
	patience time.Duration
	wake     chan struct{} // something was appended

	mu       sync.Mutex
	away     bool
	answers  bool               // Kafka has acknowledged something since it was found away
	pending  int                // appends under way
	present  context.Context    // ends when Kafka is found away, which frees whoever waits for it
	leave    context.CancelFunc // ends present
	disabled error              // why the last append failed; nil after one that did not
}

// SpoolingConfig is what a Spooling needs.
type SpoolingConfig struct {
	Kafka    Producer
	Queue    *spool.Queue // the caller closes it, once no request is under way
	Log      zerolog.Logger
	Registry prometheus.Registerer
	// Patience is how long a request of clickstream waits for Kafka before it is spooled. Default 3 s.
	Patience time.Duration
}

// ErrKafkaAway says that the request holds what is not spooled, such as an order.
var ErrKafkaAway = errors.New("kafka is away, and only clickstream is kept meanwhile; send again")

// NewSpooling registers its metrics. A spool that holds something counts as Kafka away until Run has sent it.
func NewSpooling(cfg SpoolingConfig) (*Spooling, error) {
	s := &Spooling{kafka: cfg.Kafka, queue: cfg.Queue, log: cfg.Log, patience: orDefault(cfg.Patience, spoolPatience), wake: make(chan struct{}, 1)}
	s.present, s.leave = context.WithCancel(context.Background())
	var err error
	if s.metrics, err = newSpoolMetrics(cfg.Registry, s); err != nil {
		return nil, err
	}
	if held := s.queue.Stats(); held.Entries > 0 {
		s.log.Warn().Int64("entries", held.Entries).Int64("bytes", held.Bytes).Msg("the spool holds clickstream of an earlier run, which is sent first")
		s.goAway(nil)
	}
	return s, nil
}

// Produce implements Producer. Of what it returns nil for, clickstream and dead letters may lie on this machine's disk only.
func (s *Spooling) Produce(ctx context.Context, recs []*kgo.Record) error {
	keep := spoolable(recs)
	present, here := s.begin(keep)
	switch {
	case !here && keep:
		return s.append(recs)
	case !here && !(s.answering() && unordered(recs)):
		s.metrics.refused.WithLabelValues("kafka_away").Inc()
		return ErrKafkaAway
	case !keep:
		err := s.kafka.Produce(ctx, recs)
		if errors.Is(err, ErrUnacknowledged) {
			s.goAway(err)
		}
		return err
	}
	direct, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	defer context.AfterFunc(present, cancel)()
	err := s.kafka.Produce(direct, recs)
	if err == nil || refusedForGood(err) {
		return err
	}
	s.mu.Lock()
	s.setAway(err)
	s.pending++ // before anybody can find the spool empty
	s.mu.Unlock()
	return s.append(recs)
}

// begin says whether Kafka is here. Where it is not, and the records are to be kept, the append counts as pending from now
// on, so that nobody finds the spool empty and goes past it.
func (s *Spooling) begin(keep bool) (present context.Context, here bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away && keep {
		s.pending++
	}
	return s.present, !s.away
}

// append keeps the records of one request, whose append is pending.
func (s *Spooling) append(recs []*kgo.Record) error {
	err := s.queue.Append(encodeEntry(recs))
	s.mu.Lock()
	s.pending--
	if !errors.Is(err, spool.ErrTooLarge) { // which says nothing of the next request
		s.disabled = err
	}
	s.mu.Unlock()
	if err != nil {
		reason := "failed"
		if errors.Is(err, spool.ErrFull) {
			reason = "full"
		}
		s.metrics.refused.WithLabelValues(reason).Inc()
		return fmt.Errorf("kafka is away: %w", err)
	}
	s.metrics.kept.Add(float64(len(recs)))
	select {
	case s.wake <- struct{}{}:
	default: // Run has not looked yet, and will
	}
	return nil
}

func (s *Spooling) goAway(cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setAway(cause)
}

// setAway is goAway for those who hold mu.
func (s *Spooling) setAway(cause error) {
	s.answers = false
	if s.away {
		return
	}
	s.away = true
	s.leave()
	s.log.Warn().AnErr("cause", cause).Msg("kafka is away: clickstream goes into the spool, the rest is answered 503")
}

// comeBack sends records to Kafka again, unless the spool holds any or is about to.
func (s *Spooling) comeBack() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.away || s.pending > 0 || s.queue.Stats().Entries > 0 {
		return
	}
	s.away, s.disabled = false, nil
	s.present, s.leave = context.WithCancel(context.Background())
	s.log.Warn().Msg("kafka is back, and the spool is empty")
}

// Beat is told how each round of heartbeats ended. They find Kafka gone where no request does, and back where the spool is
// empty and so nothing is sent.
func (s *Spooling) Beat(err error) {
	if err != nil {
		s.goAway(err)
		return
	}
	s.acknowledged()
	s.comeBack()
}

// acknowledged notes that Kafka takes records.
func (s *Spooling) acknowledged() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = true
}

func (s *Spooling) answering() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.answers
}

// Ready returns an error while clickstream that comes cannot be kept.
func (s *Spooling) Ready() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away && s.disabled != nil {
		return fmt.Errorf("kafka is away: %w", s.disabled)
	}
	return nil
}

// refusedForGood says whether Kafka will never take one of the records: that is no reason to keep them.
func refusedForGood(err error) bool {
	return errors.Is(err, kerr.MessageTooLarge) || errors.Is(err, kerr.InvalidRecord)
}
