package embedded

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

// KafkaConfig is what the in-process broker needs.
type KafkaConfig struct {
	Data       string // directory for topics, offsets and groups, created if needed
	Port       int    // on 127.0.0.1; 0 takes a free one
	Partitions int32  // of each family topic; 0 is 4. It cannot change later
	Sync       bool   // fsync each produce: survives power loss, at a fraction of the rate. Without it a crash of the process alone loses nothing
	Log        zerolog.Logger
}

// Kafka is a one-node broker in this process with tidemark's topics.
type Kafka struct {
	cluster *kfake.Cluster
	lock    *os.File
	addr    string
}

// OpenKafka starts the broker on the data of its last run, if any, and makes the topics that are missing. It fails when
// another process holds the directory or the port, or when a topic exists with another partition count.
func OpenKafka(ctx context.Context, cfg KafkaConfig) (*Kafka, error) {
	if cfg.Partitions == 0 {
		cfg.Partitions = 4
	}
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return nil, fmt.Errorf("embedded Kafka: %w", err)
	}
	lock, err := lockFile(filepath.Join(cfg.Data, "lock"))
	if err != nil {
		return nil, fmt.Errorf("embedded Kafka: another process uses %s: %w", cfg.Data, err)
	}
	options := []kfake.Opt{kfake.Ports(cfg.Port), kfake.DataDir(filepath.Join(cfg.Data, "log")), kfake.ClusterID("tidemark-embedded"), kfake.WithLogger(kafkaLog{cfg.Log})}
	// Compaction brings the cleaner to life, which would also apply a retention of a week to every other topic: the demo
	// keeps its logs. At ten minutes the snapshots of a demo stay below some ten megabytes.
	options = append(options, kfake.BrokerConfigs(map[string]string{"log.retention.ms": "-1", "log.cleaner.backoff.ms": "600000"}))
	if cfg.Sync {
		options = append(options, kfake.SyncWrites())
	}
	cluster, err := kfake.NewCluster(options...)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("embedded Kafka on 127.0.0.1:%d with %s: %w", cfg.Port, cfg.Data, err), lock.Close())
	}
	k := &Kafka{cluster: cluster, lock: lock, addr: cluster.ListenAddrs()[0]}
	if err := k.createTopics(ctx, cfg.Partitions); err != nil {
		return nil, errors.Join(err, k.Close())
	}
	return k, nil
}

// Addr is the broker's host:port.
func (k *Kafka) Addr() string { return k.addr }

// Close stops the broker and writes its state out. Data that was acknowledged is on disk even without Close.
func (k *Kafka) Close() error {
	k.cluster.Close()
	return k.lock.Close()
}

// Topics returns the topics that tidemark uses, with their partition counts: six event families and the history of
// each for imports with the given count, snapshots with as many, dead letters with one.
func Topics(partitions int32) map[string]int32 {
	topics := map[string]int32{schemas.DeadLetterTopic: 1, schemas.SnapshotTopic: partitions}
	live, history := schemas.FamilyTopics()
	for _, topic := range append(live, history...) {
		topics[topic] = partitions
	}
	return topics
}

// TopicConfig is what a topic's configuration has beside the broker's defaults; nil for nothing.
//
// Snapshots are replaced every minute, so their topic is compacted often, in small segments; no snapshot is of use after
// a week. A pointed-at snapshot is never superseded before a commit points elsewhere, so no compaction lag is needed; the
// ten minutes cover a process that is killed between the two.
func TopicConfig(name string) map[string]*string {
	if name != schemas.SnapshotTopic {
		return nil
	}
	config := map[string]*string{}
	for key, value := range map[string]string{
		"cleanup.policy": "compact,delete", "retention.ms": "604800000", "segment.ms": "600000", "segment.bytes": "134217728",
		"min.compaction.lag.ms": "600000", "min.cleanable.dirty.ratio": "0.3", "delete.retention.ms": "600000",
	} {
		config[key] = &value
	}
	return config
}

func (k *Kafka) createTopics(ctx context.Context, partitions int32) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(k.addr))
	if err != nil {
		return fmt.Errorf("embedded Kafka: %w", err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	admin := kadm.NewClient(client)
	existing, err := admin.ListTopics(ctx)
	if err != nil {
		return fmt.Errorf("embedded Kafka: list topics: %w", err)
	}
	wanted := Topics(partitions)
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		want := wanted[name]
		if have := int32(len(existing[name].Partitions)); have > 0 {
			if have != want {
				return fmt.Errorf("embedded Kafka: topic %s has %d partitions and %d are asked for: keep %d, or start with a new data directory", name, have, want, have)
			}
			continue
		}
		if _, err := admin.CreateTopic(ctx, want, 1, TopicConfig(name), name); err != nil {
			return fmt.Errorf("embedded Kafka: create topic %s: %w", name, err)
		}
	}
	return nil
}
