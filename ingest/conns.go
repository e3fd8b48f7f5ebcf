package ingest

import (
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// busyAnswer is what a connection over the limit gets, in one write, without being read.
const busyAnswer = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

// limitedListener answers 503 to connections over the limit and closes them, so that idle connections cannot use up
// memory or file descriptors.
type limitedListener struct {
	net.Listener
	limit   int64
	open    atomic.Int64
	refused prometheus.Counter
}

// Accept implements net.Listener.
func (l *limitedListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if l.open.Add(1) <= l.limit {
			return &limitedConn{Conn: conn, release: sync.OnceFunc(func() { l.open.Add(-1) })}, nil
		}
		l.open.Add(-1)
		l.refused.Inc()
		turnAway(conn)
	}
}

// turnAway never waits: the few bytes fit any socket buffer, and a peer whose buffer is full gets none.
func turnAway(conn net.Conn) {
	_ = conn.SetWriteDeadline(time.Now().Add(time.Millisecond))
	_, _ = conn.Write([]byte(busyAnswer))
	_ = conn.Close()
}

type limitedConn struct {
	net.Conn
	release func()
}

// Close implements net.Conn.
func (c *limitedConn) Close() error {
	c.release()
	return c.Conn.Close()
}
