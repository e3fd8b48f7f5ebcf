package audit

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/processors"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

// Config says what to audit.
type Config struct {
	Sink      *clickhouse.Sink
	Catalogue processors.Catalogue // its metrics must have accounts
	// From and To bound the minutes of append time; both are whole minutes, To is not among them.
	From, To time.Time
	Now      time.Time
	Family   string            // only its topics; empty: all
	Raw      bool              // count the raw rows too, which reads every event of the range
	Client   []kgo.Opt         // Kafka, whose log is read too; nil: not
	Progress func(line string) // told what is being done; nil: nobody
}

// Run reads everything and compares it.
func Run(ctx context.Context, c Config) (*Report, error) {
	if c.Progress == nil {
		c.Progress = func(string) {}
	}
	f := facts{expected: expected(c.Catalogue), now: c.Now.UnixMilli()}
	if err := c.readMarks(ctx, &f); err != nil {
		return nil, err
	}
	if err := c.readRaw(ctx, &f); err != nil {
		return nil, err
	}
	if c.Client != nil {
		if err := c.readLog(ctx, &f); err != nil {
			return nil, err
		}
	}
	r := newReport(c.From, c.To)
	c.Progress("accounts")
	if err := c.compare(ctx, &f, r); err != nil {
		return nil, err
	}
	return r, nil
}

// compare goes through the accounts minute by minute.
func (c *Config) compare(ctx context.Context, f *facts, r *Report) error {
	minute := c.From.UnixMilli()
	var rows []Account
	turn := func(next int64) {
		for ; minute < next; minute += minuteMS {
			f.compare(minute, rows, r)
			rows = rows[:0]
		}
	}
	err := clickhouse.Each(ctx, c.Sink, accountsSQL+c.onlyFamily()+" ORDER BY minute_ms, topic, partition, `group`, metric", func(a Account) error {
		turn(a.Minute)
		rows = append(rows, a)
		return nil
	}, c.bounds()...)
	if err != nil {
		return fmt.Errorf("read accounts: %w", err)
	}
	turn(c.To.UnixMilli())
	return nil
}

func (c *Config) bounds() []clickhouse.Param {
	return []clickhouse.Param{
		{Name: "from", Value: fmt.Sprint(c.From.UnixMilli())}, {Name: "to", Value: fmt.Sprint(c.To.UnixMilli())}, {Name: "topics", Value: c.topics()},
	}
}

// onlyFamily is the condition that leaves out the topics of other families.
func (c *Config) onlyFamily() string { return " AND has({topics:Array(String)}, topic)" }

// topics are those of the family, or all.
func (c *Config) topics() []string {
	live, history := schemas.FamilyTopics()
	var out []string
	for _, t := range append(live, history...) {
		if c.Family == "" || t == "tidemark."+c.Family || strings.HasPrefix(t, "tidemark."+c.Family+".") {
			out = append(out, t)
		}
	}
	return out
}

// expected lists who must keep an account of each topic's events.
func expected(all processors.Catalogue) map[string][]keeper {
	out := map[string][]keeper{}
	live, history := schemas.FamilyTopics()
	for _, t := range append(live, history...) {
		out[t] = append(out[t], keeper{landGroup, processors.LandAccount})
	}
	for i := range all {
		s := &all[i].Spec
		out[s.Topic] = append(out[s.Topic], keeper{processors.ConsumerGroup(s.Group), s.Name})
	}
	return out
}

var landGroup = processors.ConsumerGroup("land")
