package chaos

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/deploy/integration/child"
	"tidemark/processors"
	"tidemark/schemas"
)

// refusalCells are states in which a program must say what is wrong and not run half.
func refusalCells() []Cell {
	return []Cell{
		{Name: "refuse-retention", Fault: "Kafka has deleted records that the groups must still read", Least: 3, Refusal: retention},
		{
			Name: "refuse-truncated", Fault: "the log ends before what the groups have read, as after an unclean election (their offsets are moved behind its end)",
			Least: 3, Refusal: truncated,
		},
		{Name: "refuse-config", Fault: "21 wrong settings", Least: 21, Refusal: wrongSettings},
	}
}

// worked lets all programs work through a short load and stop, which is the control: with a whole log they run.
func worked(ctx context.Context, p *Play) (accepted int, err error) {
	if err := p.Join(programs...); err != nil {
		return 0, err
	}
	p.Load.Past, p.Load.Live = 2*time.Second, 2*time.Second
	out, err := p.run(ctx, Cell{})
	p.sent = out.Sent
	if err != nil {
		return 0, err
	}
	return len(programs), nil
}

// refuses starts each program and wants it to end with status 1 and the words.
func refuses(ctx context.Context, p *Play, words string) (refused int, err error) {
	for _, program := range programs {
		said, err := ends(ctx, p, program+"-refuses", p.Argv(program))
		if err != nil {
			return refused, err
		}
		if !strings.Contains(said, "exit status 1") || !strings.Contains(said, words) {
			return refused, fmt.Errorf("%s: want status 1 and %q, got %s", program, words, said)
		}
		refused++
	}
	p.Hit(refused, "programs that ended with status 1 and %q", words)
	return refused, nil
}

// ends runs a program that must end by itself, and returns its status and its last words.
func ends(ctx context.Context, p *Play, name string, argv []string) (string, error) {
	process, err := child.Start(name, filepath.Join(p.dir, name+".log"), nil, argv...)
	if err != nil {
		return "", err
	}
	defer process.End()
	select {
	case <-process.Done():
		return process.Failure("has ended").Error(), nil
	case <-time.After(40 * time.Second):
		return "", process.Failure("runs where it should refuse")
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// moved lets the programs work, then moves something to where the log ends, and further by some records.
func moved(ctx context.Context, p *Play, by int64, move func(*kadm.Client, kadm.Offsets) error) (accepted int, err error) {
	if accepted, err = worked(ctx, p); err != nil {
		return 0, err
	}
	ends, err := EndOffsets(ctx, p.Programs.Brokers, schemas.Clickstream.Topic())
	if err != nil {
		return 0, err
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(p.Programs.Brokers...))
	if err != nil {
		return 0, err
	}
	defer client.Close()
	to := make(kadm.Offsets)
	for at, end := range ends {
		to.AddOffset(at.topic, at.partition, end+by, -1)
	}
	return accepted, move(kadm.NewClient(client), to)
}

func retention(ctx context.Context, p *Play) (refused, accepted int, err error) {
	accepted, err = moved(ctx, p, 0, func(admin *kadm.Client, gone kadm.Offsets) error {
		_, err := admin.DeleteRecords(ctx, gone)
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	refused, err = refuses(ctx, p, "retention is shorter")
	return refused, accepted, err
}

// truncated moves the groups rather than the log: a single broker has no way to lose the end of its log and live.
func truncated(ctx context.Context, p *Play) (refused, accepted int, err error) {
	accepted, err = moved(ctx, p, 1000, func(admin *kadm.Client, behind kadm.Offsets) (err error) {
		for _, program := range programs {
			err = errors.Join(err, admin.CommitAllOffsets(ctx, processors.ConsumerGroup(program), behind))
		}
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	refused, err = refuses(ctx, p, "the log was truncated")
	return refused, accepted, err
}
