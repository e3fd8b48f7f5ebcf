package processors_test

import (
	"context"
	"io"
	"net"
	"sync"
	"sync/atomic"

	. "tidemark/processors"
	"tidemark/schemas"
)

// cutter stands between a member and the world.
type cutter struct {
	dial  func(ctx context.Context, network, addr string) (net.Conn, error)
	store Sink
	mu    sync.Mutex
	conns []net.Conn
	dead  atomic.Bool
	ice   atomic.Pointer[chan struct{}] // set while the member is frozen: what it sends gets nowhere
}

// freeze holds up whatever the member sends, until the function returned is called.
func (c *cutter) freeze() (thaw func()) {
	ice := make(chan struct{})
	c.ice.Store(&ice)
	return func() { c.ice.Store(nil); close(ice) }
}

// wait waits while the member is frozen.
func (c *cutter) wait() {
	if ice := c.ice.Load(); ice != nil {
		<-*ice
	}
}

// stiff is a connection of a member that can be frozen.
type stiff struct {
	net.Conn
	cut *cutter
}

func (s stiff) Write(b []byte) (int, error) {
	s.cut.wait()
	return s.Conn.Write(b)
}

func (c *cutter) kill() {
	c.dead.Store(true)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		_ = conn.Close()
	}
}

func (c *cutter) dialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	if c.dead.Load() {
		return nil, io.ErrClosedPipe
	}
	c.wait()
	conn, err := c.dial(ctx, network, addr)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.conns = append(c.conns, conn)
	return stiff{conn, c}, err
}

func (c *cutter) Insert(ctx context.Context, blocks []schemas.Block) error {
	if c.dead.Load() {
		return errStore
	}
	c.wait()
	return c.store.Insert(ctx, blocks)
}

func (c *cutter) Watermark(ctx context.Context, group string, part uint64) (schemas.Millis, error) {
	if c.dead.Load() {
		return 0, errStore
	}
	return c.store.Watermark(ctx, group, part)
}
