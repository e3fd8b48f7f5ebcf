package chhttp

import (
	"slices"
	"strings"
	"sync"

	"tidemark/deploy/embedded/chdb"
)

// maxIdle engine sessions are kept; opening one costs about a millisecond.
const maxIdle = 16

// session is an engine connection on which a prelude has run.
type session struct {
	*chdb.Conn
	prelude string
}

// pool keeps idle sessions by prelude, the least recently used first.
type pool struct {
	open func() (*chdb.Conn, error)

	mu     sync.Mutex
	idle   []session
	closed bool
}

// get returns a session that has run exactly these statements and nothing that outlives a request.
func (p *pool) get(prelude []string) (session, error) {
	key := strings.Join(prelude, ";\n")
	p.mu.Lock()
	for i := len(p.idle) - 1; i >= 0; i-- {
		if s := p.idle[i]; s.prelude == key {
			p.idle = slices.Delete(p.idle, i, i+1)
			p.mu.Unlock()
			return s, nil
		}
	}
	p.mu.Unlock()
	conn, err := p.open()
	if err != nil {
		return session{}, err
	}
	for _, statement := range prelude {
		if _, err := conn.Query(statement, "TabSeparated"); err != nil {
			conn.Close()
			return session{}, err
		}
	}
	return session{conn, key}, nil
}

// put returns a session after use. One whose statement failed is closed: it may still hold the half-run query.
func (p *pool) put(s session, failed bool) {
	p.mu.Lock()
	drop := s
	if !failed && !p.closed {
		p.idle = append(p.idle, s)
		drop = session{}
		if len(p.idle) > maxIdle {
			drop, p.idle = p.idle[0], p.idle[1:]
		}
	}
	p.mu.Unlock()
	if drop.Conn != nil {
		drop.Close()
	}
}

func (p *pool) close() {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	p.mu.Unlock()
	for _, s := range idle {
		s.Close()
	}
}
