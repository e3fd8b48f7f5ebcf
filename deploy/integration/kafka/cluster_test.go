//go:build integration

package kafka

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// TestRecordsSurviveFaults holds the harness to what the other tests rest on: the broker is a real one, acknowledged
// records outlive SIGKILL, and a frozen broker serves again after SIGCONT.
func TestRecordsSurviveFaults(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	began := time.Now()
	cluster, err := Start(ctx, t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	t.Logf("started in %v", time.Since(began).Round(time.Millisecond))
	const topic = "faults"
	if err := cluster.CreateTopic(ctx, topic, 2); err != nil {
		t.Fatal(err)
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.Brokers()...), kgo.ConsumeTopics(topic))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()

	faults := []struct {
		name   string
		inject func() error
	}{
		{"kill", func() error {
			if err := cluster.Kill(0); err != nil {
				return err
			}
			return cluster.Restart(ctx, 0)
		}},
		{"stop", func() error {
			if err := cluster.Stop(0); err != nil {
				return err
			}
			return cluster.Restart(ctx, 0)
		}},
		{"freeze", func() error {
			if err := cluster.Pause(0); err != nil {
				return err
			}
			return cluster.Resume(0)
		}},
	}
	produced := 0
	for _, fault := range faults {
		produced += produce(ctx, t, client, topic, produced)
		began := time.Now()
		if err := fault.inject(); err != nil {
			t.Fatalf("%s: %v", fault.name, err)
		}
		t.Logf("%s and up again in %v", fault.name, time.Since(began).Round(time.Millisecond))
		produced += produce(ctx, t, client, topic, produced)
	}
	consume(ctx, t, client, produced)
}

// produce sends 50 records with a false time of their own and returns how many were acknowledged.
func produce(ctx context.Context, t *testing.T, client *kgo.Client, topic string, first int) int {
	const count = 50
	records := make([]*kgo.Record, count)
	for i := range records {
		records[i] = &kgo.Record{Topic: topic, Value: []byte(strconv.Itoa(first + i)), Timestamp: time.Unix(1, 0)}
	}
	if err := client.ProduceSync(ctx, records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
	return count
}

func consume(ctx context.Context, t *testing.T, client *kgo.Client, want int) {
	seen := make(map[string]bool)
	for len(seen) < want {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("after %d of %d records: %v", len(seen), want, err)
		}
		fetches.EachRecord(func(record *kgo.Record) {
			if seen[string(record.Value)] {
				t.Errorf("record %s came twice", record.Value)
			}
			seen[string(record.Value)] = true
			if record.Attrs.TimestampType() != 1 || record.Timestamp.Year() < 2000 {
				t.Errorf("record %s has the client's time %v, want the broker's", record.Value, record.Timestamp)
			}
		})
	}
}
