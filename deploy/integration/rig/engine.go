package rig

import (
	"context"
	"net/url"
	"os"
	"path/filepath"

	"tidemark/deploy/integration/child"
)

// Engine is a ClickHouse in a process of its own that can be killed, frozen and started again on its data and address.
type Engine struct {
	// Addr is host:port of its HTTP interface.
	Addr string

	name, log string
	argv      []string
	process   *child.Process
}

// StartEngine starts the binary's engine on the folder data and returns when it answers. It logs to dir.
func StartEngine(ctx context.Context, binary, dir, name, data string) (*Engine, error) {
	listen, err := FreeAddr()
	if err != nil {
		return nil, err
	}
	e := &Engine{Addr: listen, name: name, log: filepath.Join(dir, name+".log")}
	e.argv = Programs{Binary: binary}.Engine(data, listen)
	return e, e.Start(ctx)
}

// Start starts the engine again after Kill.
func (e *Engine) Start(ctx context.Context) (err error) {
	if e.process, err = child.Start(e.name, e.log, append(os.Environ(), "TZ=UTC"), e.argv...); err != nil {
		return err
	}
	if err := WaitHTTP(ctx, e.process, "http://"+e.Addr+"/ping"); err != nil {
		e.process.End()
		return err
	}
	return nil
}

// Kill ends the engine with SIGKILL and fails when it was not alive.
func (e *Engine) Kill() error { return e.process.Kill() }

// Alive says whether the engine runs.
func (e *Engine) Alive() bool { return e.process.Alive() }

// Pause freezes the engine.
func (e *Engine) Pause() error { return e.process.Pause() }

// Resume lets a frozen engine go on.
func (e *Engine) Resume() error { return e.process.Resume() }

// End kills the engine if it still runs, for clean-ups.
func (e *Engine) End() {
	if e.process != nil {
		e.process.End()
	}
}

// URL is the base of the HTTP interface.
func (e *Engine) URL() *url.URL { return &url.URL{Scheme: "http", Host: e.Addr, Path: "/"} }

// DSN is the address of one of its databases as the programs want it.
func (e *Engine) DSN(database string) string { return "http://" + e.Addr + "/" + database }

// Database asks one of its databases.
func (e *Engine) Database(name string) ClickHouse {
	u := e.URL()
	u.RawQuery = "database=" + name
	return ClickHouse{URL: u}
}
