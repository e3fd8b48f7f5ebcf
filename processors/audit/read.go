package audit

import (
	"context"
	"fmt"
	"strings"

	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

const accountsSQL = "SELECT toUnixTimestamp64Milli(minute) AS minute_ms, `group`, metric, topic, partition, part, produced, counted, late, duplicate, quarantined, skipped, cut, difference\n" +
	"FROM v_accounts WHERE minute >= fromUnixTimestamp64Milli({from:Int64}) AND minute < fromUnixTimestamp64Milli({to:Int64})"

// marksSQL says how far each group has come in each part.
const marksSQL = "SELECT topic, partition, part, `group`, toUnixTimestamp64Milli(argMax(w.m, w.ver)) AS at FROM watermarks AS w WHERE has({topics:Array(String)}, topic)\n" +
	"GROUP BY topic, partition, part, `group` ORDER BY topic, partition, part"

// beganSQL finds each account's first minute, as far as a day before the range: a metric that is new has none before.
const beganSQL = "SELECT part, `group`, metric, toUnixTimestamp64Milli(min(minute)) AS at FROM accounts\n" +
	"WHERE minute >= fromUnixTimestamp64Milli({from:Int64}) - toIntervalDay(1) AND minute < fromUnixTimestamp64Milli({to:Int64}) GROUP BY part, `group`, metric"

const erasedSQL = "SELECT part, toUnixTimestamp64Milli(minute) AS at, sum(events) AS n FROM erasures FINAL\n" +
	"WHERE minute >= fromUnixTimestamp64Milli({from:Int64}) AND minute < fromUnixTimestamp64Milli({to:Int64}) GROUP BY part, minute"

// rawSQL counts a family's raw rows. A row that was landed twice counts once.
const rawSQL = "SELECT part, toInt64(toUnixTimestamp(toStartOfMinute(append_time))) * 1000 AS at, toInt64(uniqExact(offset)) AS n FROM %s\n" +
	"WHERE append_time >= fromUnixTimestamp64Milli({from:Int64}) AND append_time < fromUnixTimestamp64Milli({to:Int64}) GROUP BY part, at"

type mark struct {
	Topic     string `ch:"topic"`
	Partition int64  `ch:"partition"`
	Part      uint64 `ch:"part"`
	Group     string `ch:"group"`
	Metric    string `ch:"metric"`
	At        int64  `ch:"at"`
	N         int64  `ch:"n"`
}

// readMarks reads who has come how far, since when, and what was erased.
func (c *Config) readMarks(ctx context.Context, f *facts) error {
	f.read, f.began, f.erased = map[uint64]map[string]int64{}, map[uint64]map[keeper]int64{}, map[cell]int64{}
	err := clickhouse.Each(ctx, c.Sink, marksSQL, func(m mark) error {
		if f.read[m.Part] == nil {
			f.read[m.Part], f.began[m.Part] = map[string]int64{}, map[keeper]int64{}
			f.parts = append(f.parts, partition{m.Topic, m.Partition, m.Part})
		}
		f.read[m.Part][m.Group] = m.At
		return nil
	}, c.bounds()...)
	if err != nil {
		return fmt.Errorf("read watermarks: %w", err)
	}
	err = clickhouse.Each(ctx, c.Sink, beganSQL, func(m mark) error {
		if f.began[m.Part] != nil {
			f.began[m.Part][keeper{m.Group, m.Metric}] = m.At
		}
		return nil
	}, c.bounds()...)
	if err != nil {
		return fmt.Errorf("read the beginnings of accounts: %w", err)
	}
	err = clickhouse.Each(ctx, c.Sink, erasedSQL, func(m mark) error {
		f.erased[cell{m.Part, m.At}] = m.N
		return nil
	}, c.bounds()...)
	if err != nil {
		return fmt.Errorf("read erasures: %w", err)
	}
	return nil
}

// readRaw counts the raw rows of each family.
func (c *Config) readRaw(ctx context.Context, f *facts) error {
	if !c.Raw {
		return nil
	}
	f.raw = map[cell]int64{}
	for _, t := range schemas.RawTables() {
		if c.Family != "" && strings.TrimPrefix(t.Name, "events_") != c.Family {
			continue
		}
		c.Progress("raw rows in " + t.Name)
		err := clickhouse.Each(ctx, c.Sink, fmt.Sprintf(rawSQL, t.Name), func(m mark) error {
			f.raw[cell{m.Part, m.At}] = m.N
			return nil
		}, c.bounds()...)
		if err != nil {
			return fmt.Errorf("count raw rows: %w", err)
		}
	}
	return nil
}
