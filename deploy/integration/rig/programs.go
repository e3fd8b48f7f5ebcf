package rig

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"tidemark/deploy/integration/install"
)

// SessionTimeout is the silence after which the consumer groups of the test give a member up.
const SessionTimeout = 3 * time.Second

// Partitions is how many each topic gets.
const Partitions = 4

// Programs knows the command lines of the binary under test; no other file does.
type Programs struct {
	Binary     string   // path of the built tidemark
	Brokers    []string // Kafka's seed addresses
	ClickHouse string   // DSN of the engine's HTTP interface
	Shops      string   // path of shops.yaml
	Admin      string   // admin address of a consumer; empty: any free port
	Extra      []string // more flags of a consumer
}

// Engine is the embedded ClickHouse on data, serving HTTP at listen.
func (p Programs) Engine(data, listen string) []string {
	return []string{p.Binary, "engine", "--data", data, "--listen", listen}
}

// Apply creates topics, tables and views, and ends.
func (p Programs) Apply() []string {
	return []string{p.Binary, "apply", "--brokers", p.brokers(), "--clickhouse", p.ClickHouse, "--partitions", fmt.Sprint(Partitions)}
}

// Create runs Apply. A busy broker may not show new topics within the command's patience; it may be repeated.
func (p Programs) Create(ctx context.Context) (err error) {
	argv := p.Apply()
	for range 3 {
		if err = install.Run(ctx, "", nil, argv[0], argv[1:]...); err == nil {
			return nil
		}
	}
	return err
}

// Collect is the collector, serving events at listen and its health at admin.
func (p Programs) Collect(listen, admin string) []string {
	return []string{p.Binary, "collect", "--brokers", p.brokers(), "--shops", p.Shops, "--listen", listen, "--admin", admin}
}

// Spooled is a collector that keeps clickstream in the folder spool while Kafka is away.
func (p Programs) Spooled(listen, admin, spool string) []string {
	return append(p.Collect(listen, admin), "--spool", spool)
}

// Correct rebuilds dirty windows until it is stopped.
func (p Programs) Correct() []string {
	return []string{p.Binary, "correct", "--clickhouse", p.ClickHouse, "--every", "1s", "--admin", "127.0.0.1:0"}
}

// DeadLetters reads or replays dead letters, and ends. The command is list, show or replay.
func (p Programs) DeadLetters(command string, args ...string) []string {
	argv := []string{p.Binary, "deadletter", command, "--brokers", p.brokers()}
	if command == "replay" {
		argv = append(argv, "--shops", p.Shops)
	}
	return append(argv, args...)
}

// Process is one worker of a group, "fast" or "slow".
func (p Programs) Process(group string) []string {
	return append([]string{p.Binary, "process", "--group", group, "--shops", p.Shops}, p.consumer()...)
}

// Land is one worker that writes the raw events.
func (p Programs) Land() []string {
	return append([]string{p.Binary, "land"}, p.consumer()...)
}

// Archive is one worker that keeps the raw events as files in to. Its spans are short, so that a test sees many.
func (p Programs) Archive(to string) []string {
	return []string{p.Binary, "archive", "--brokers", p.brokers(), "--to", to, "--every", "2s", "--records", "500",
		"--admin", cmp.Or(p.Admin, "127.0.0.1:0"), "--session-timeout", SessionTimeout.String()}
}

// Restore brings an archive back into ClickHouse, and ends.
func (p Programs) Restore(from string, flags ...string) []string {
	return append([]string{p.Binary, "import", "--archive", from, "--clickhouse", p.ClickHouse}, flags...)
}

// Recompute rebuilds the closed windows of every metric since a date, and ends.
func (p Programs) Recompute(from string) []string {
	return []string{p.Binary, "recompute", "--clickhouse", p.ClickHouse, "--from", from}
}

// consumer is what members of a group share. A killed member's partitions are free only when its session has timed out.
func (p Programs) consumer() []string {
	admin := cmp.Or(p.Admin, "127.0.0.1:0")
	return append([]string{
		"--brokers", p.brokers(), "--clickhouse", p.ClickHouse, "--admin", admin, "--session-timeout", SessionTimeout.String(),
	}, p.Extra...)
}

func (p Programs) brokers() string { return strings.Join(p.Brokers, ",") }
