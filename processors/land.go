package processors

import (
	"fmt"
	"time"

	"tidemark/schemas"
)

// LandEvery is the Config.FlushEvery of the work of LandWork: an event must be a row within two seconds.
const LandEvery = time.Second

// LandWork is the work of the consumer group that writes every event of every family, live and imported, into its raw
// table: exactly once by (part, offset), with copies within the dedupe horizon marked.
func LandWork(consumer string) Work {
	w := Work{Group: consumer}
	makers := map[string]func(Assignment) (Task, error){}
	land(&w, makers, schemas.Clickstream)
	land(&w, makers, schemas.Orders)
	land(&w, makers, schemas.Logistics)
	land(&w, makers, schemas.Marketing)
	land(&w, makers, schemas.Inventory)
	land(&w, makers, schemas.Service)
	w.NewTask = func(a Assignment) (Task, error) {
		newTask := makers[a.Topic]
		if newTask == nil {
			return nil, fmt.Errorf("%s/%d: no family has this topic", a.Topic, a.Partition)
		}
		a.Group = consumer
		return newTask(a)
	}
	return w
}

func land[E any, P event[E]](w *Work, makers map[string]func(Assignment) (Task, error), f schemas.Family[E]) {
	for _, topic := range []string{f.Topic(), f.HistoryTopic()} {
		w.Topics = append(w.Topics, topic)
		makers[topic] = func(a Assignment) (Task, error) { return newLandTask(familySource[E, P](f), f, a) }
	}
}
