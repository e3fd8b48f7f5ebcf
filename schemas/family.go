package schemas

// Family names one stream of events and fixes the Go type of its records, so that a metric on the wrong
// type of event does not compile.
type Family[E any] struct {
	Name string // for example "clickstream"
}

// The six families. Each has one topic, one history topic for imports, and one raw table.
var (
	Clickstream = Family[Click]{Name: "clickstream"}
	Orders      = Family[Order]{Name: "orders"}
	Logistics   = Family[Parcel]{Name: "logistics"}
	Marketing   = Family[Spend]{Name: "marketing"}
	Inventory   = Family[Stock]{Name: "inventory"}
	Service     = Family[Ticket]{Name: "service"}
)

// DeadLetterTopic receives what cannot be read, with the reason and the masked payload.
const DeadLetterTopic = "tidemark.deadletter"

// SnapshotTopic keeps the state of the groups that count metrics, as a cache. It is compacted.
const SnapshotTopic = "tidemark.snapshots"

// HeartbeatHeader is the record header that marks a heartbeat: nil key, empty value, no event. A heartbeat only
// says that its partition's time has reached the record's timestamp.
const HeartbeatHeader = "tidemark-heartbeat"

// Topic is the Kafka topic that carries the family's live events.
func (f Family[E]) Topic() string { return "tidemark." + f.Name }

// HistoryTopic carries imported events; only the raw tables read it.
func (f Family[E]) HistoryTopic() string { return f.Topic() + ".history" }

// RawTable is the ClickHouse table that keeps every event of the family.
func (f Family[E]) RawTable() string { return "events_" + f.Name }

// FamilyNames lists the families in their fixed order.
func FamilyNames() []string {
	return []string{Clickstream.Name, Orders.Name, Logistics.Name, Marketing.Name, Inventory.Name, Service.Name}
}

// FamilyTopics lists the families' topics in the same order: those of live events, and those of imported ones.
func FamilyTopics() (live, history []string) {
	for _, name := range FamilyNames() {
		f := Family[struct{}]{Name: name}
		live, history = append(live, f.Topic()), append(history, f.HistoryTopic())
	}
	return live, history
}
