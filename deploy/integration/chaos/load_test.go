//go:build integration

package chaos

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"tidemark/deploy/integration/kafka"
	"tidemark/schemas"
)

// TestLoadIsWhatItSays reads the load back and holds it to its own account, so that no fault of the generator can make
// a comparison easy.
func TestLoadIsWhatItSays(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cluster, err := kafka.Start(ctx, t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	load := Load{
		Seed: 7, Partitions: 4, Rate: 2000, Past: 4 * time.Second, Live: 3 * time.Second, Span: 3 * time.Hour, Behind: 3 * time.Hour,
	}
	topics := []string{schemas.Clickstream.Topic(), schemas.Orders.Topic()}
	for _, topic := range topics {
		if err := cluster.CreateTopic(ctx, topic, load.Partitions); err != nil {
			t.Fatal(err)
		}
	}
	sent, err := load.Run(ctx, cluster.Brokers())
	if err != nil {
		t.Fatal(err)
	}
	ends, err := EndOffsets(ctx, cluster.Brokers(), topics...)
	if err != nil {
		t.Fatal(err)
	}
	log, err := ReadLog(ctx, cluster.Brokers(), ends)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v; %d records", sent, len(log))
	checkAccount(t, sent, log)
}

func checkAccount(t *testing.T, sent Sent, log []Record) {
	var got Sent
	seen := make(map[string]bool)
	next := make(map[target]int64)
	for _, record := range log {
		at := target{record.Topic, record.Partition}
		if record.Offset != next[at] {
			t.Fatalf("%v@%d follows %d", at, record.Offset, next[at]-1)
		}
		next[at]++
		var event schemas.Envelope
		switch {
		case record.Heartbeat:
			got.Heartbeats++
		case json.Unmarshal(record.Value, &event) != nil:
			got.Broken++
		case seen[record.Topic+event.EventID]:
			got.Duplicates++
		default:
			seen[record.Topic+event.EventID] = true
			got.Events++
			if event.OccurredAt > record.Time {
				got.Future++
			}
		}
	}
	got.Disordered, got.Late = sent.Disordered, sent.Late // known to the writer only
	if got != sent {
		t.Errorf("the log holds %+v", got)
	}
	share := float64(sent.Duplicates) / float64(sent.Events)
	if share < 0.04 || sent.Late == 0 || sent.Broken == 0 || sent.Disordered < sent.Events/2 || sent.Heartbeats == 0 {
		t.Errorf("the load is too tame: %.1f %% duplicates", 100*share)
	}
}
