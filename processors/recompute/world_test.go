package recompute

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"tidemark/processors"
	"tidemark/processors/metrics"
	"tidemark/schemas"
	"tidemark/sinks/clickhouse"
)

const hour = 3_600_000

// recent is a midnight nine days ago, for whatever is old is deleted by the tables' retention.
func recent() int64 { return time.Now().Add(-9*24*time.Hour).UnixMilli() / (24 * hour) * 24 * hour }

// world is the logs of two topics, and a stream and land that have read them.
type world struct {
	t    testing.TB
	r    *rand.Rand
	sink *clickhouse.Sink
	now  map[string]int64 // of a part, append time of its newest record
	logs map[string][][]processors.Record
	run  map[string][]processors.Task // of group and topic
	done map[string]int               // of group, topic and partition: records read
}

const partitions = 2

func newWorld(t testing.TB, seed uint64) *world {
	return &world{
		t: t, r: rand.New(rand.NewPCG(seed, 9)), sink: openDatabase(t), now: map[string]int64{},
		logs: map[string][][]processors.Record{}, run: map[string][]processors.Task{}, done: map[string]int{},
	}
}

func partOf(topic string, p int) uint64 {
	id := [16]byte{1, 1, 1, byte(len(topic))}
	return processors.Part(id, int32(p))
}

// log is the records of a partition.
func (w *world) log(topic string, p int) *[]processors.Record {
	for len(w.logs[topic]) < partitions {
		w.logs[topic] = append(w.logs[topic], nil)
	}
	return &w.logs[topic][p]
}

// put appends a record at an append time; times never fall.
func (w *world) put(topic string, p int, at int64, value []byte) {
	log := w.log(topic, p)
	key := fmt.Sprint(topic, p)
	w.now[key] = max(w.now[key], at)
	*log = append(*log, processors.Record{Offset: int64(len(*log)), Time: schemas.Millis(w.now[key]), Value: value, Heartbeat: value == nil})
}

// beat moves all partitions of a topic on.
func (w *world) beat(topic string, at int64) {
	for p := range partitions {
		w.put(topic, p, at, nil)
	}
}

// write lets a topic's partitions live from one time to another: disorder, late events, copies, copies beyond the
// horizon, clocks that run ahead.
func write[E any](w *world, topic string, n int, from, to int64, draw func(at schemas.Millis, id string) E) {
	enc, err := schemas.NewEncoder[E]()
	if err != nil {
		w.t.Fatal(err)
	}
	for p := range partitions {
		now := from
		var sent [][]byte
		for i := range n {
			if now += w.r.Int64N(60_000); i%8 == 0 {
				now += w.r.Int64N(16 * (to - from) / int64(n))
			}
			if now >= to {
				break
			}
			at := now - w.r.Int64N(20_000)
			switch k := w.r.IntN(100); {
			case k < 5 && len(sent) > 0:
				w.put(topic, p, now, sent[max(0, len(sent)-1-w.r.IntN(5))])
				continue
			case k < 8 && len(sent) > 0:
				w.put(topic, p, now, sent[w.r.IntN(len(sent))])
				continue
			case k < 11:
				at -= w.r.Int64N(10 * hour)
			case k < 13:
				at = now + w.r.Int64N(hour)
			case k < 18:
				w.put(topic, p, now, nil)
				continue
			}
			e := draw(schemas.Millis(max(at, from)), fmt.Sprintf("e%d-%d", p, i))
			value := enc.Append(nil, &e)
			sent = append(sent, value)
			w.put(topic, p, now, value)
		}
	}
	w.beat(topic, to)
}

func (w *world) click(at schemas.Millis, id string) schemas.Click {
	r := w.r
	types := []string{
		schemas.ClickPageView, schemas.ClickPageView, schemas.ClickViewItem, schemas.ClickAddToCart, schemas.ClickBeginCheckout,
		schemas.ClickAddPaymentInfo, schemas.ClickPurchase, schemas.ClickViewPromotion, schemas.ClickSelectPromotion,
	}
	visitor := r.IntN(30)
	if r.IntN(3) == 0 {
		visitor = 99 // never pauses for long: a chain
	}
	return schemas.Click{
		Envelope:    schemas.Envelope{EventID: id, Type: types[r.IntN(len(types))], OccurredAt: at, ReceivedAt: at, Shop: []string{"de", "se"}[r.IntN(2)], Market: "eu", Source: "test"},
		AnonymousID: fmt.Sprintf("v%d", visitor), Channel: []string{"", "email", "ads"}[r.IntN(3)], Campaign: []string{"", "winter", "autumn"}[r.IntN(3)],
		Device: []string{"mobile", "desktop"}[r.IntN(2)], PageType: "home", Page: "/", Server: r.IntN(20) == 0,
		Value: schemas.Money(r.Int64N(9_000_000)), Currency: "EUR", OrderID: fmt.Sprintf("o%d", r.IntN(500)),
	}
}

func (w *world) order(at schemas.Millis, id string) schemas.Order {
	r := w.r
	types := []string{schemas.OrderPlaced, schemas.OrderPaid, schemas.OrderRefunded}
	return schemas.Order{
		Envelope: schemas.Envelope{EventID: id, Type: types[r.IntN(3)], OccurredAt: at, ReceivedAt: at, Shop: []string{"de", "se"}[r.IntN(2)], Market: "eu", Source: "test"},
		OrderID:  fmt.Sprintf("o%d", r.IntN(500)), Currency: []string{"EUR", "SEK"}[r.IntN(2)], Buyer: fmt.Sprintf("b%d", r.IntN(99)), Channel: []string{"", "ads"}[r.IntN(2)],
		Total: schemas.Money(r.Int64N(9_000_000_000)), Refund: schemas.Money(r.Int64N(9_000_000)), Units: r.Int64N(5), Shadow: r.IntN(9) == 0,
	}
}

// topics are those that the catalogue reads.
var topics = []string{schemas.Clickstream.Topic(), schemas.Orders.Topic()}

// groups are what reads them, land first.
var groups = []string{"land", processors.GroupFast, processors.GroupSlow}

func (w *world) work(group string) processors.Work {
	if group == "land" {
		return processors.LandWork(processors.ConsumerGroup(group))
	}
	work, err := metrics.All().Work(group, processors.ConsumerGroup(group))
	if err != nil {
		w.t.Fatal(err)
	}
	return work
}

// catchUp lets groups read what is new, and stores rows, then watermarks.
func (w *world) catchUp(groups ...string) {
	w.t.Helper()
	for _, group := range groups {
		work := w.work(group)
		var blocks []schemas.Block
		var marks []processors.Mark
		for _, topic := range topics {
			if group == processors.GroupSlow && topic != schemas.Clickstream.Topic() {
				continue
			}
			tasks := w.run[group+topic]
			for p := range partitions {
				if len(tasks) <= p {
					task, err := work.NewTask(processors.Assignment{Topic: topic, Partition: int32(p), Part: partOf(topic, p)})
					if err != nil {
						w.t.Fatal(err)
					}
					tasks = append(tasks, task)
				}
				key := fmt.Sprint(group, topic, p)
				log := *w.log(topic, p)
				tasks[p].Apply(log[w.done[key]:])
				w.done[key] = len(log)
				f := tasks[p].Flush(false)
				blocks = append(blocks, f.Blocks...)
				marks = append(marks, processors.Mark{Group: work.Group, Topic: topic, Partition: int32(p), Part: partOf(topic, p), M: f.M, Ver: f.Ver, At: schemas.MillisOf(time.Now())})
			}
			w.run[group+topic] = tasks
		}
		w.insert(blocks...)
		w.insert(processors.WatermarkBlock(marks))
	}
}

func (w *world) insert(blocks ...schemas.Block) {
	w.t.Helper()
	if err := w.sink.Insert(w.t.Context(), blocks); err != nil {
		w.t.Fatal(err)
	}
}
