package chaos

import (
	"context"
	"io"
	"net"
	"sync/atomic"
)

// lossy opens connections to Kafka that lose acknowledgements: after every so many bytes written, the next answer is
// read, which shows that the broker has done what was asked, and thrown away together with the connection.
type lossy struct {
	every int64
	hits  atomic.Int64
}

// Dial is the dialer for kgo.
func (l *lossy) Dial(ctx context.Context, network, host string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, host)
	if err != nil {
		return nil, err
	}
	return &lossyConn{Conn: conn, of: l}, nil
}

// lossyConn is one of its connections.
type lossyConn struct {
	net.Conn
	of      *lossy
	written atomic.Int64
}

// Write implements net.Conn.
func (c *lossyConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.written.Add(int64(n))
	return n, err
}

// Read implements net.Conn.
func (c *lossyConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if err != nil || c.written.Load() < c.of.every {
		return n, err
	}
	c.of.hits.Add(1)
	_ = c.Conn.Close()
	return 0, io.EOF
}
