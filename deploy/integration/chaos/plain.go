package chaos

import (
	"encoding/json"
	"fmt"
	"time"

	"tidemark/schemas"
)

// Plain is a second opinion on the aligned metrics: it counts a few of their measures per minute and partition with
// nothing but the rules of the design, and shares no code with the processors. Its tables are named after the queries
// of PlainQueries. It expects a log shorter than the horizons of deduplication, from its first record on. Without dedupe
// it counts copies too: the control, which must not equal what was stored.
func Plain(dedupe bool) Oracle {
	return func(log []Record) (Tables, error) { return plain(log, dedupe) }
}

func plain(log []Record, dedupe bool) (Tables, error) {
	counts := make(map[string]map[string][]int64)
	for name := range PlainQueries() {
		counts[name] = make(map[string][]int64)
	}
	partitions := make(map[target]*plainPartition)
	for _, record := range log {
		at := target{record.Topic, record.Partition}
		if partitions[at] == nil {
			partitions[at] = &plainPartition{dedupe: dedupe, seen: make(map[string]bool)}
		}
		event, start, counted := partitions[at].take(record)
		if !counted {
			continue
		}
		for name, values := range event.measures() {
			key := fmt.Sprintf("%d %d", start, part(record))
			counts[name][key] = add(counts[name][key], values)
		}
	}
	tables := Tables{}
	for name, rows := range counts {
		tables[name] = Rows{}
		for key, values := range rows {
			tables[name][key] = texts(values)
		}
	}
	return tables, nil
}

// PlainQueries reads what Plain counts: window start in milliseconds, part, then the measures.
func PlainQueries() map[string]Query {
	return map[string]Query{
		"page_views": {SQL: "SELECT toUnixTimestamp64Milli(window_start), part, sum(views) FROM m_page_views FINAL GROUP BY 1, 2", Keys: 2},
		"ctr":        {SQL: "SELECT toUnixTimestamp64Milli(window_start), part, sum(shown), sum(clicked) FROM m_ctr FINAL GROUP BY 1, 2", Keys: 2},
		"trade": {SQL: "SELECT toUnixTimestamp64Milli(window_start), part, sum(orders), toInt64(sum(gmv) * 1000000), " +
			"sum(paid_orders), toInt64(sum(paid) * 1000000) FROM m_trade FINAL GROUP BY 1, 2", Keys: 2},
	}
}

// plainPartition applies design rules 4.1 to 4.3 to one partition: event time, lateness of one minute, duplicates.
type plainPartition struct {
	dedupe  bool
	highest schemas.Millis
	seen    map[string]bool
}

// plainEvent is what the counted measures need of either family.
type plainEvent struct {
	EventID    string         `json:"event_id"`
	Type       string         `json:"type"`
	OccurredAt schemas.Millis `json:"occurred_at"`
	Total      schemas.Money  `json:"total"`
}

// readable decides, without the program's decoder, whether a record holds an event at all.
func readable(record Record) (event plainEvent, ok bool) {
	if record.Heartbeat || json.Unmarshal(record.Value, &event) != nil {
		return event, false
	}
	return event, event.EventID != "" && event.Type != "" && event.OccurredAt != 0
}

func (p *plainPartition) take(record Record) (event plainEvent, start schemas.Millis, counted bool) {
	const window, lateness = schemas.Millis(time.Minute / time.Millisecond), schemas.Millis(time.Minute / time.Millisecond)
	if record.Heartbeat {
		p.highest = max(p.highest, record.Time)
		return event, 0, false
	}
	event, ok := readable(record)
	if !ok {
		return event, 0, false
	}
	at := min(event.OccurredAt, record.Time)
	start = at - at%window
	late := start+window <= p.highest-lateness
	counted = !late && !(p.dedupe && p.seen[event.EventID])
	p.seen[event.EventID] = true
	p.highest = max(p.highest, at)
	return event, start, counted
}

// measures maps tables to what the event adds to them.
func (e plainEvent) measures() map[string][]int64 {
	switch e.Type {
	case schemas.ClickPageView:
		return map[string][]int64{"page_views": {1}}
	case schemas.ClickViewPromotion:
		return map[string][]int64{"ctr": {1, 0}}
	case schemas.ClickSelectPromotion:
		return map[string][]int64{"ctr": {0, 1}}
	case schemas.OrderPlaced:
		return map[string][]int64{"trade": {1, int64(e.Total), 0, 0}}
	case schemas.OrderPaid:
		return map[string][]int64{"trade": {0, 0, 1, int64(e.Total)}}
	}
	return nil
}

// part is the identity of the record's partition in every table.
func part(record Record) uint64 {
	id := record.TopicID
	return uint64(id[0])<<56 | uint64(id[1])<<48 | uint64(id[2])<<40 | uint64(id[3])<<32 | uint64(record.Partition)
}

func add(sums, values []int64) []int64 {
	if sums == nil {
		sums = make([]int64, len(values))
	}
	for i, value := range values {
		sums[i] += value
	}
	return sums
}

func texts(values []int64) []string {
	all := make([]string, len(values))
	for i, value := range values {
		all[i] = fmt.Sprint(value)
	}
	return all
}
