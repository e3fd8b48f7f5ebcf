package main

import (
	"context"

	"github.com/rs/zerolog"

	"tidemark/deploy/embedded"
)

// engineCmd is the child process of the embedded run: ClickHouse behind its HTTP interface.
type engineCmd struct {
	Data   string `required:"" placeholder:"DIR" help:"Data directory."`
	Listen string `default:"127.0.0.1:8123" help:"Address of the HTTP interface."`
	Lib    string `placeholder:"PATH" help:"libchdb.so; found by itself after make engine."`
	Users  string `placeholder:"FILE" help:"JSON file of accounts; without it default, grafana and analyst have no password."`
}

// Run serves until ctx ends.
func (c engineCmd) Run(ctx context.Context, log zerolog.Logger) error {
	lib, err := embedded.Library(c.Lib)
	if err != nil {
		return usage{err}
	}
	return embedded.RunEngine(ctx, embedded.EngineConfig{
		Library: lib, Data: c.Data, Listen: c.Listen, UsersFile: c.Users, Log: log,
	})
}
