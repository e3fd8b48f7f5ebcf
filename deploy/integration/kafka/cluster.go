// Package kafka runs a real Kafka (KRaft) on loopback for tests: nodes are child processes that can be stopped, killed,
// frozen and started again on their data.
package kafka

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tidemark/deploy/integration/child"
	"tidemark/deploy/integration/install"
)

//go:embed pom.xml
var pom []byte

// Cluster is a running Kafka. Its methods must not be called at the same time.
type Cluster struct {
	jars  string
	dir   string
	ports []ports
	nodes []*child.Process
}

// Start installs Kafka when it is absent, formats storage in dir (an empty or new folder) and starts the given number of
// nodes, each broker and controller at once. It returns when all of them serve clients. Call Close in the end; should
// this process die before that, the nodes die with it.
func Start(ctx context.Context, dir string, nodes int) (*Cluster, error) {
	libs, err := install.Jars(ctx, "kafka-4.1.0", pom) // about 45 MB
	if err != nil {
		return nil, err
	}
	for attempt := 1; ; attempt++ {
		c := &Cluster{jars: libs, dir: filepath.Join(dir, fmt.Sprintf("kafka-%d", attempt)), nodes: make([]*child.Process, nodes)}
		err := c.start(ctx)
		if err == nil {
			return c, nil
		}
		c.Close()
		if attempt == 3 || !strings.Contains(err.Error(), "Address already in use") {
			return nil, err
		}
	}
}

func (c *Cluster) start(ctx context.Context) error {
	all, err := freePorts(len(c.nodes))
	if err != nil {
		return err
	}
	c.ports = all
	id := newClusterID()
	for i := range c.nodes {
		if err := os.MkdirAll(c.node(i), 0o755); err != nil {
			return err
		}
		config := filepath.Join(c.node(i), "server.properties")
		if err := writeConfig(config, filepath.Join(c.node(i), "data"), all, i); err != nil {
			return err
		}
		format := c.java("-Xmx128m", "kafka.tools.StorageTool", "format", "-t", id, "-c", config)
		if err := install.Run(ctx, c.node(i), nil, format[0], format[1:]...); err != nil {
			return fmt.Errorf("formatting Kafka's storage: %w", err)
		}
		if err := c.launch(i); err != nil {
			return err
		}
	}
	for i := range c.nodes {
		if err := c.ready(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cluster) node(i int) string { return filepath.Join(c.dir, fmt.Sprintf("node-%d", i+1)) }

func (c *Cluster) java(heap string, main ...string) []string {
	return append([]string{
		"java", heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
		"-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", filepath.Join(c.jars, "*"),
	}, main...)
}

func (c *Cluster) launch(i int) error {
	argv := c.java("-Xmx512m", "kafka.Kafka", filepath.Join(c.node(i), "server.properties"))
	process, err := child.Start(fmt.Sprintf("kafka node %d", i+1), filepath.Join(c.node(i), "log"), nil, argv...)
	c.nodes[i] = process
	return err
}

// Brokers returns the seed addresses, one per node.
func (c *Cluster) Brokers() []string {
	all := make([]string, len(c.ports))
	for i, p := range c.ports {
		all[i] = fmt.Sprintf("127.0.0.1:%d", p.client)
	}
	return all
}

// Stop ends node i (counted from 0) with SIGTERM, as an operator would. Kafka exits with status 143 then.
func (c *Cluster) Stop(i int) error {
	const patience = 30 * time.Second
	err := c.nodes[i].Stop(patience)
	if err != nil && strings.Contains(err.Error(), "exit status 143") {
		return nil
	}
	return err
}

// Kill ends node i with SIGKILL and fails when it was not alive.
func (c *Cluster) Kill(i int) error { return c.nodes[i].Kill() }

// Pause freezes node i.
func (c *Cluster) Pause(i int) error { return c.nodes[i].Pause() }

// Resume lets a frozen node i go on.
func (c *Cluster) Resume(i int) error { return c.nodes[i].Resume() }

// Restart starts node i again on its data and ports and returns when it serves clients.
func (c *Cluster) Restart(ctx context.Context, i int) error {
	if c.nodes[i].Alive() {
		return c.nodes[i].Failure("must be stopped or killed before a restart")
	}
	if err := c.launch(i); err != nil {
		return err
	}
	return c.ready(ctx, i)
}

// RestartAll starts every node again after all were stopped or killed; none serves clients before most are up.
func (c *Cluster) RestartAll(ctx context.Context) error {
	for i, node := range c.nodes {
		if node.Alive() {
			return node.Failure("must be stopped or killed before a restart")
		}
		if err := c.launch(i); err != nil {
			return err
		}
	}
	for i := range c.nodes {
		if err := c.ready(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// Close kills whatever still runs. The data stay.
func (c *Cluster) Close() {
	for _, node := range c.nodes {
		if node != nil {
			node.End()
		}
	}
}
