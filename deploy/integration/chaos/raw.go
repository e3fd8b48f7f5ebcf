package chaos

import (
	"fmt"

	"tidemark/schemas"
)

// Raw is the oracle of the raw tables: one row per event in the log, marked as a duplicate when the partition has seen
// its id before. It expects a log shorter than the horizons of deduplication. Without marks it takes no event for a
// duplicate: the control, which must not equal what was stored.
func Raw(marks bool) Oracle {
	return func(log []Record) (Tables, error) { return raw(log, marks) }
}

func raw(log []Record, marks bool) (Tables, error) {
	tables := Tables{}
	for _, topic := range []string{schemas.Clickstream.Topic(), schemas.Orders.Topic()} {
		tables[rawTable(topic)] = Rows{}
	}
	seen := make(map[string]bool)
	for _, record := range log {
		event, ok := readable(record)
		if !ok {
			continue
		}
		id := fmt.Sprintf("%s %d %s", record.Topic, record.Partition, event.EventID)
		key := fmt.Sprintf("%d %d", part(record), record.Offset)
		tables[rawTable(record.Topic)][key] = []string{event.EventID, fmt.Sprint(marks && seen[id])}
		seen[id] = true
	}
	return tables, nil
}

// RawQueries reads what Raw says: part and offset, then event id and mark.
func RawQueries() map[string]Query {
	queries := make(map[string]Query)
	for _, topic := range []string{schemas.Clickstream.Topic(), schemas.Orders.Topic()} {
		queries[rawTable(topic)] = Query{
			SQL: "SELECT part, offset, event_id, duplicate FROM " + rawTable(topic) + " FINAL", Keys: 2,
		}
	}
	return queries
}

func rawTable(topic string) string {
	if topic == schemas.Orders.Topic() {
		return schemas.Orders.RawTable()
	}
	return schemas.Clickstream.RawTable()
}

// groupsOf lists the consumer groups that write watermarks for a topic.
func groupsOf(topic string) []string {
	if topic == schemas.Orders.Topic() {
		return []string{"tidemark-fast"}
	}
	return []string{"tidemark-fast", "tidemark-slow"}
}

// events counts the records of each topic that hold a readable event.
func events(log []Record) map[string]int {
	counts := make(map[string]int)
	for _, record := range log {
		if _, ok := readable(record); ok {
			counts[record.Topic]++
		}
	}
	return counts
}
