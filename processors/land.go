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
func LandWork(consumer string) Work { return rawWork(consumer, nil) }

// rawWork reads all families; with cuts the rows are handed over in spans of the log, for the archive.
func rawWork(consumer string, cuts *ArchiveCuts) Work {
	w := Work{Group: consumer}
	makers := map[string]func(Assignment) (Task, error){}
	raw(&w, makers, schemas.Clickstream, cuts)
	raw(&w, makers, schemas.Orders, cuts)
	raw(&w, makers, schemas.Logistics, cuts)
	raw(&w, makers, schemas.Marketing, cuts)
	raw(&w, makers, schemas.Inventory, cuts)
	raw(&w, makers, schemas.Service, cuts)
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

func raw[E any, P event[E]](w *Work, makers map[string]func(Assignment) (Task, error), f schemas.Family[E], cuts *ArchiveCuts) {
	for _, topic := range []string{f.Topic(), f.HistoryTopic()} {
		w.Topics = append(w.Topics, topic)
		makers[topic] = func(a Assignment) (Task, error) {
			t, err := newLandTask(familySource[E, P](f), f, a)
			switch {
			case err != nil:
				return nil, err
			case cuts != nil:
				return newArchiveTask(t, f.Name, *cuts), nil
			}
			return t, nil
		}
	}
}
