package chhttp_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"tidemark/deploy/embedded"
	"tidemark/deploy/embedded/chdb"
	"tidemark/deploy/embedded/chhttp"
)

// engine is the one engine of this test process; the first test that needs it boots it.
type engine struct {
	once sync.Once
	addr string
	err  error
	stop func() error
}

var shared engine

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.stop != nil {
		if err := shared.stop(); err != nil {
			fmt.Fprintln(os.Stderr, "stop the engine:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// address boots the engine on a free port; without its library the test fails.
func address(t testing.TB) string {
	t.Helper()
	shared.once.Do(func() { shared.err = shared.boot() })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.addr
}

func (e *engine) boot() error {
	file, err := embedded.Library("")
	if err != nil {
		return err
	}
	lib, err := chdb.Load(file)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "tidemark-chhttp-")
	if err != nil {
		return err
	}
	users := embedded.DefaultUsers()
	users["secret"] = chhttp.User{Password: "p'w"}
	srv, err := chhttp.New(chhttp.Config{Library: lib, Args: []string{"--path=" + dir}, Users: users, MaxBody: 64 << 20, Log: zerolog.Nop()})
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx, ln) }()
	e.addr = ln.Addr().String()
	e.stop = func() error {
		cancel()
		err := <-done
		srv.Close()
		return errors.Join(err, os.RemoveAll(dir))
	}
	return nil
}
