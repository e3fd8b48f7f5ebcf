package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/deploy/integration/fault"
	"tidemark/deploy/integration/rig"
)

// Stage prepares a cell: no record, group or table of a cell before it is left. engine is the rig's, or another that the
// cell brings. Call Close in the end.
func Stage(ctx context.Context, r *rig.Rig, engine *rig.Engine, name string, seed uint64, logf func(string, ...any)) (*Play, error) {
	p := &Play{
		Rig: r, Engine: engine, Programs: r.Programs, Valves: make(map[string]*fault.Valve), Ledger: NewLedger(),
		admin: make(map[string]string),
		Rng:   rand.New(rand.NewPCG(seed, 3)), Logf: logf,
		database: "chaos_" + strings.ReplaceAll(name, "-", "_"), dir: filepath.Join(r.Dir, "cells", name),
	}
	if err := os.MkdirAll(p.dir, 0o755); err != nil {
		return nil, err
	}
	p.Crew = NewCrew(p.dir)
	p.ClickHouse, p.Programs.ClickHouse = engine.Database(p.database), engine.DSN(p.database)
	p.Load = Load{
		Seed: seed, Partitions: rig.Partitions, Rate: rate, Past: 7 * time.Second, Live: 6 * time.Second,
		Span: 5 * time.Hour, Behind: 6 * time.Hour, Ledger: p.Ledger,
	}
	if err := empty(ctx, p.Programs.Brokers); err != nil {
		return nil, fmt.Errorf("emptying Kafka: %w", err)
	}
	if err := p.Programs.Create(ctx); err != nil {
		return nil, err
	}
	for _, program := range programs {
		valve, err := fault.NewValve(engine.URL())
		if err != nil {
			return nil, errors.Join(err, p.Close(ctx))
		}
		p.Valves[program] = valve
	}
	return p, nil
}

// rate is happenings per second, each one to four records: about as many as the six processes keep up with on two cores.
const rate = 1200

// Close ends what the cell has started and drops its database, if the engine still serves.
func (p *Play) Close(ctx context.Context) error {
	p.Crew.End()
	for _, valve := range p.Valves {
		_ = valve.Shut() // it may be shut already
	}
	if !p.Engine.Alive() {
		return nil
	}
	return p.ClickHouse.Exec(ctx, "DROP DATABASE IF EXISTS "+p.database+" SYNC")
}

// empty removes every group, and every topic that holds anything.
func empty(ctx context.Context, brokers []string) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...))
	if err != nil {
		return err
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	for began := time.Now(); ; {
		left, err := sweep(ctx, admin)
		if err == nil && left == 0 {
			return nil
		}
		if time.Since(began) > time.Minute {
			return fmt.Errorf("%d topics and groups are still there: %w", left, err)
		}
		if err := sleep(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
}

// sweep removes what it finds and returns how much that was.
func sweep(ctx context.Context, admin *kadm.Client) (left int, err error) {
	groups, err := admin.ListGroups(ctx)
	if err != nil {
		return 0, err
	}
	if names := groups.Groups(); len(names) > 0 {
		left += len(names)
		gone, err := admin.DeleteGroups(ctx, names...)
		if err != nil {
			return left, err
		}
		if err := gone.Error(); err != nil && !errors.Is(err, kerr.GroupIDNotFound) {
			return left, err
		}
	}
	names, err := used(ctx, admin)
	if err != nil {
		return left, err
	}
	if len(names) > 0 {
		left += len(names)
		gone, err := admin.DeleteTopics(ctx, names...)
		if err != nil {
			return left, err
		}
		if err := gone.Error(); err != nil && !errors.Is(err, kerr.UnknownTopicOrPartition) {
			return left, err
		}
	}
	return left, nil
}

// used lists the topics that hold a record or have grown.
func used(ctx context.Context, admin *kadm.Client) (names []string, err error) {
	topics, err := admin.ListTopics(ctx)
	if err != nil || len(topics) == 0 {
		return nil, err
	}
	ends, err := admin.ListEndOffsets(ctx, topics.Names()...)
	if err = errors.Join(err, ends.Error()); err != nil {
		return nil, err
	}
	for name, partitions := range ends {
		held := int64(0)
		for _, end := range partitions {
			held += end.Offset
		}
		if held > 0 || len(partitions) > rig.Partitions {
			names = append(names, name)
		}
	}
	return names, nil
}
