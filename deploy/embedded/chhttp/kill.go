package chhttp

import (
	"context"
	"time"

	"tidemark/deploy/embedded/chdb"
)

// killRetry is the pause between attempts to end the statement of a client that left.
const killRetry = 200 * time.Millisecond

// killOnLeave runs f and kills the statement that carries tag if the client leaves meanwhile. It tries until f returns: the
// engine knows the statement only some time after f began.
func (s *Server) killOnLeave(ctx context.Context, tag string, f func() (chdb.Result, error)) (chdb.Result, error) {
	ended := make(chan struct{})
	defer close(ended)
	stop := context.AfterFunc(ctx, func() {
		retry := time.NewTicker(killRetry)
		defer retry.Stop()
		for s.kill(tag) {
			select {
			case <-ended:
				return
			case <-retry.C:
			}
		}
	})
	defer stop()
	return f()
}

// kill reports whether the engine could be asked.
func (s *Server) kill(tag string) bool {
	s.keeperMu.Lock()
	defer s.keeperMu.Unlock()
	_, err := s.keeper.Query("KILL QUERY WHERE startsWith(query, "+literal(tag)+") ASYNC", "Null")
	if err != nil {
		s.cfg.Log.Warn().Err(err).Msg("cannot kill the query of a client that left")
	}
	return err == nil
}
