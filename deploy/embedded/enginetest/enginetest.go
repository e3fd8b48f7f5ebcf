// Package enginetest gives tests the real ClickHouse engine: in the test's own process, behind its HTTP interface on a
// free loopback port. Where the engine is not installed the tests fail and say how to install it; they never skip.
package enginetest

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/rs/zerolog"

	"tidemark/deploy/embedded"
	"tidemark/deploy/embedded/chdb"
	"tidemark/deploy/embedded/chhttp"
)

// Main runs the tests of a package with an engine of their own, and returns the exit code for TestMain. A process holds
// one engine at most. setAddr is told host:port of the HTTP interface; the user is default, without a password.
func Main(m *testing.M, setAddr func(string)) int {
	dir, err := os.MkdirTemp("", "tidemark-engine-")
	if err == nil {
		defer os.RemoveAll(dir)
		var addr string
		var stop func() error
		if addr, stop, err = start(dir); err == nil {
			setAddr(addr)
			code := m.Run()
			if err = stop(); err == nil {
				return code
			}
		}
	}
	fmt.Fprintf(os.Stderr, "these tests run on the real ClickHouse engine: %v\n", err)
	return 1
}

func start(dir string) (addr string, stop func() error, err error) {
	file, err := embedded.Library("")
	if err != nil {
		return "", nil, err
	}
	lib, err := chdb.Load(file)
	if err != nil {
		return "", nil, err
	}
	srv, err := chhttp.New(chhttp.Config{
		Library: lib, Args: []string{"--path=" + filepath.Join(dir, "store")}, Users: embedded.DefaultUsers(), SpoolDir: dir, Log: zerolog.Nop(),
	})
	if err != nil {
		return "", nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- srv.Run(ctx, ln) }()
	return ln.Addr().String(), func() error {
		cancel()
		defer srv.Close()
		return <-ended
	}, nil
}
