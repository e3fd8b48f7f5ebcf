package chaos

import (
	"context"
	"encoding/json"
	"fmt"

	"tidemark/schemas"
)

// buried looks for every unreadable record among the dead letters of every group that reads its topic, by offset.
func buried(ctx context.Context, p *Play, log []Record) error {
	want := make(map[string]bool)
	for _, r := range log {
		if _, ok := readable(r); ok || r.Heartbeat {
			continue
		}
		p.Hit(1, "records that nobody can read")
		for _, group := range append(groupsOf(r.Topic), "tidemark-land") {
			want[fmt.Sprintf("%s %s/%d/%d", group, r.Topic, r.Partition, r.Offset)] = true
		}
	}
	ends, err := EndOffsets(ctx, p.Programs.Brokers, schemas.DeadLetterTopic)
	if err != nil {
		return err
	}
	letters, err := ReadLog(ctx, p.Programs.Brokers, ends)
	if err != nil {
		return err
	}
	got := make(map[string]bool)
	for _, r := range letters {
		var letter struct {
			Source, Topic string
			Partition     int32
			Offset        int64
		}
		if err := json.Unmarshal(r.Value, &letter); err != nil {
			return fmt.Errorf("dead letter %d: %w", r.Offset, err)
		}
		key := fmt.Sprintf("%s %s/%d/%d", letter.Source, letter.Topic, letter.Partition, letter.Offset)
		got[key] = true
		if !want[key] {
			return fmt.Errorf("%s is among the dead letters and could be read", key)
		}
	}
	if len(got) != len(want) {
		return fmt.Errorf("%d dead letters of different records and groups, want %d", len(got), len(want))
	}
	p.Hit(0, "each among the dead letters of each group that reads it, and nothing else there")
	return nil
}
