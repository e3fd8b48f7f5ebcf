// Package rig builds the binary under test and gives it what production gives it: a real Kafka, a real ClickHouse
// engine in a process of its own, a shops file.
package rig

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"tidemark/deploy/integration/child"
	"tidemark/deploy/integration/install"
	"tidemark/deploy/integration/kafka"
)

//go:embed shops.yaml
var shops []byte

// Rig is the surroundings of the programs under test, all on loopback.
type Rig struct {
	// Dir holds the logs and the data.
	Dir        string
	Kafka      *kafka.Cluster
	ClickHouse ClickHouse
	Programs   Programs

	// Engine is the ClickHouse behind ClickHouse.
	Engine *Engine
}

// database is what the programs are told to use.
const database = "tidemark"

// Start builds the binary (or takes the one that TIDEMARK_BINARY names), starts Kafka with the given number of nodes and the engine, and creates topics and tables.
// Call Close in the end.
func Start(ctx context.Context, dir string, nodes int) (*Rig, error) {
	r := &Rig{Dir: dir}
	if err := r.start(ctx, nodes); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func (r *Rig) start(ctx context.Context, nodes int) (err error) {
	r.Programs = Programs{Binary: filepath.Join(r.Dir, "tidemark"), Shops: filepath.Join(r.Dir, "shops.yaml")}
	if err := os.WriteFile(r.Programs.Shops, shops, 0o600); err != nil {
		return err
	}
	if binary := os.Getenv("TIDEMARK_BINARY"); binary != "" {
		r.Programs.Binary = binary
	} else if err := install.Run(ctx, "", nil, "go", "build", "-o", r.Programs.Binary, "tidemark/cmd/tidemark"); err != nil {
		return err
	}
	if r.Kafka, err = kafka.Start(ctx, r.Dir, nodes); err != nil {
		return err
	}
	r.Programs.Brokers = r.Kafka.Brokers()
	if r.Engine, err = StartEngine(ctx, r.Programs.Binary, r.Dir, "engine", filepath.Join(r.Dir, "engine")); err != nil {
		return err
	}
	r.ClickHouse = r.Engine.Database(database)
	r.Programs.ClickHouse = r.Engine.DSN(database)
	return r.Programs.Create(ctx)
}

// Close kills what still runs; the data stay.
func (r *Rig) Close() {
	if r.Engine != nil {
		r.Engine.End()
	}
	if r.Kafka != nil {
		r.Kafka.Close()
	}
}

// FreeAddr returns a loopback address whose port was free a moment ago.
func FreeAddr() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

// WaitHTTP returns when the address answers 200, and fails after a minute or when the process ends.
func WaitHTTP(ctx context.Context, process *child.Process, address string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if status, err := get(ctx, address); err == nil && status == http.StatusOK {
			return nil
		}
		select {
		case <-process.Done():
			return process.Failure("ended while it was starting")
		case <-ctx.Done():
			return errors.Join(ctx.Err(), process.Failure(fmt.Sprintf("does not answer %s", address)))
		case <-tick.C:
		}
	}
}

func get(ctx context.Context, address string) (status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}
