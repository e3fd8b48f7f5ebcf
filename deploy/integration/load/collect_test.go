//go:build integration

package load

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/deploy/embedded"
	"tidemark/deploy/integration/child"
	"tidemark/deploy/integration/install"
	"tidemark/deploy/integration/kafka"
	"tidemark/deploy/integration/rig"
	"tidemark/schemas"
)

const shops = "shops: [{id: load, zone: UTC, currency: USD, market: us, stage: mature, keys: [{key: pk_load_public, kind: public}]}]\n"

// TestCollector loads a collector before the embedded broker and before a real one, acks=all: all that it may take, then
// half of that. Every event that was answered 200 must be in the log once. The figures are logged; TIDEMARK_LOAD_SECONDS
// is how long each part runs (2 by default).
func TestCollector(t *testing.T) {
	seconds := 2
	if text := os.Getenv("TIDEMARK_LOAD_SECONDS"); text != "" {
		var err error
		if seconds, err = strconv.Atoi(text); err != nil || seconds < 1 {
			t.Fatalf("TIDEMARK_LOAD_SECONDS is %q, want a number of seconds", text)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	binary := filepath.Join(t.TempDir(), "tidemark")
	if err := install.Run(ctx, "", nil, "go", "build", "-o", binary, "tidemark/cmd/tidemark"); err != nil {
		t.Fatal(err)
	}
	t.Run("embedded broker", func(t *testing.T) {
		broker, err := embedded.OpenKafka(ctx, embedded.KafkaConfig{Data: t.TempDir(), Log: zerolog.Nop()})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = broker.Close() })
		measure(ctx, t, binary, broker.Addr(), time.Duration(seconds)*time.Second)
	})
	t.Run("real broker", func(t *testing.T) {
		cluster, err := kafka.Start(ctx, t.TempDir(), 1)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(cluster.Close)
		for topic, partitions := range embedded.Topics(4) {
			if err := cluster.CreateTopic(ctx, topic, partitions); err != nil {
				t.Fatal(err)
			}
		}
		measure(ctx, t, binary, cluster.Brokers()[0], time.Duration(seconds)*time.Second)
	})
}

func measure(ctx context.Context, t *testing.T, binary, broker string, d time.Duration) {
	dir := t.TempDir()
	path := filepath.Join(dir, "shops.yaml")
	if err := os.WriteFile(path, []byte(shops), 0o600); err != nil {
		t.Fatal(err)
	}
	listen, admin := address(t), address(t)
	process, err := child.Start("collect", filepath.Join(dir, "collect.log"), nil, binary, "collect", "--brokers", broker, "--shops", path,
		"--listen", listen, "--admin", admin, "--key-rate=-1", "--address-rate=-1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := process.Stop(20 * time.Second); err != nil {
			t.Error(err)
		}
	})
	if err := rig.WaitHTTP(ctx, process, "http://"+admin+"/readyz"); err != nil {
		t.Fatal(err)
	}
	l := &Load{URL: "http://" + listen, Key: "pk_load_public", Conns: 16}
	l.Full(ctx, d/4) // connections and caches
	before := cpuSeconds(t, process.PID())
	full := l.Full(ctx, d)
	used := cpuSeconds(t, process.PID()) - before
	half := l.Steady(ctx, d, full.PerSecond()/2)
	t.Logf("full: %.0f events/s on all that the machine has, %.0f events per CPU-second of the collector, p50 %s p99 %s",
		full.PerSecond(), float64(full.Events)/used, full.Quantile(0.5), full.Quantile(0.99))
	t.Logf("half: %.0f events/s, p50 %s p99 %s", half.PerSecond(), half.Quantile(0.5), half.Quantile(0.99))
	if full.Failed+half.Failed > 0 || full.Events == 0 || half.Events == 0 {
		t.Errorf("%d and %d requests failed, %d and %d events were taken", full.Failed, half.Failed, full.Events, half.Events)
	}
	if got, want := logged(ctx, t, broker), l.events.Load(); got != want {
		t.Errorf("%d events in the log, %d sent", got, want)
	}
}

func address(t *testing.T) string {
	addr, err := rig.FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

// logged counts the clickstream's records that are no heartbeats.
func logged(ctx context.Context, t *testing.T, broker string) (n int64) {
	client, err := kgo.NewClient(kgo.SeedBrokers(broker), kgo.ConsumeTopics(schemas.Clickstream.Topic()), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ends, err := kadm.NewClient(client).ListEndOffsets(ctx, schemas.Clickstream.Topic())
	if err != nil {
		t.Fatal(err)
	}
	left := map[int32]int64{}
	ends.Each(func(o kadm.ListedOffset) { left[o.Partition] = o.Offset })
	for len(left) > 0 {
		fetched := client.PollFetches(ctx)
		if err := fetched.Err0(); err != nil {
			t.Fatal(err)
		}
		fetched.EachRecord(func(r *kgo.Record) {
			if len(r.Headers) == 0 && r.Offset < left[r.Partition] {
				n++
			}
			if r.Offset >= left[r.Partition]-1 {
				delete(left, r.Partition)
			}
		})
	}
	return n
}

// cpuSeconds is what a process has used so far, in user and kernel mode.
func cpuSeconds(t *testing.T, pid int) float64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:])) // the name before may hold blanks
	const ticks = 100                                                                 // per second, on every Linux that Go runs on
	sum := 0
	for _, text := range fields[11:13] {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		sum += n
	}
	return float64(sum) / ticks
}
