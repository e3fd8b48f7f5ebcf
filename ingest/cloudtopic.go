package ingest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"mime"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/rs/zerolog"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

const (
	cloudGroup = "tidemark-cloudevents"
	cloudBatch = 500 // records handled and committed together
	cloudPause = time.Second
)

// CloudTopics takes CloudEvents that a shop's own systems write to Kafka (CloudEvents' Kafka binding 1.0, binary and
// structured), by the same rules as over HTTP with a secret key. An event without a time happened when its record was
// appended. A record is committed once what it became is acknowledged; after a crash some come again, under the same ids.
type CloudTopics struct {
	collector *Collector
	client    *kgo.Client
	shops     map[string]string
	log       zerolog.Logger
}

// NewCloudTopics joins the group tidemark-cloudevents, which begins with the oldest record; shops has the shop's id by
// topic. options are the client's connection options.
func NewCloudTopics(c *Collector, shops map[string]string, options []kgo.Opt, log zerolog.Logger) (*CloudTopics, error) {
	own := topics()
	for topic, shop := range shops {
		if _, ok := c.cfg.Shops().ByID(shop); !ok {
			return nil, fmt.Errorf("cloudevents: topic %q is for the shop %q, which is not in the shops file", topic, shop)
		}
		if slices.Contains(own, topic) {
			return nil, fmt.Errorf("cloudevents: %q is a topic that tidemark writes itself; name the other system's", topic)
		}
	}
	client, err := kgo.NewClient(append([]kgo.Opt{
		kgo.ConsumerGroup(cloudGroup), kgo.ConsumeTopics(slices.Sorted(maps.Keys(shops))...), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.DisableAutoCommit(), // and no rebalance waits: what another member reads too has the same ids
	}, options...)...)
	if err != nil {
		return nil, fmt.Errorf("cloudevents: kafka client: %w", err)
	}
	return &CloudTopics{collector: c, client: client, shops: shops, log: log}, nil
}

// Run reads until ctx ends, and returns nil. While Kafka or a commit fails it tries again, each second.
func (t *CloudTopics) Run(ctx context.Context) error {
	defer t.client.Close()
	for ctx.Err() == nil {
		fetched := t.client.PollRecords(ctx, cloudBatch)
		fetched.EachError(func(topic string, _ int32, err error) {
			if ctx.Err() == nil {
				t.log.Warn().Str("topic", topic).Err(err).Msg("cloudevents not read; trying again")
			}
		})
		if records := fetched.Records(); len(records) > 0 {
			t.settle(ctx, records)
		}
	}
	return nil
}

// settle repeats a batch until it is taken and committed, or ctx ends.
func (t *CloudTopics) settle(ctx context.Context, records []*kgo.Record) {
	for {
		err := t.take(ctx, records)
		if err == nil {
			err = t.client.CommitRecords(ctx, records...)
		}
		if err == nil || ctx.Err() != nil {
			return
		}
		t.log.Warn().Err(err).Int("records", len(records)).Msg("cloudevents not taken; trying again")
		select {
		case <-ctx.Done():
			return
		case <-time.After(cloudPause):
		}
	}
}

// take puts what the records become into Kafka.
func (t *CloudTopics) take(ctx context.Context, records []*kgo.Record) error {
	for shop, its := range t.byShop(records) {
		if err := t.collector.takeCloudEvents(ctx, shop, its); err != nil {
			return err
		}
	}
	return nil
}

// byShop sorts records by shop.
func (t *CloudTopics) byShop(records []*kgo.Record) map[string][]*kgo.Record {
	out := map[string][]*kgo.Record{}
	for _, r := range records {
		shop := t.shops[r.Topic]
		out[shop] = append(out[shop], r)
	}
	return out
}

func (c *Collector) takeCloudEvents(ctx context.Context, shopID string, records []*kgo.Record) error {
	shop, known := c.cfg.Shops().ByID(shopID)
	if !known { // its events wait as dead letters until it is back
		shop = &schemas.Shop{ID: shopID}
	}
	ctx, cancel := context.WithTimeout(ctx, c.cfg.AckTimeout)
	defer cancel()
	in := &intake{c: c, dialect: dialectCloudEvents, sender: sender{shop: shop, secret: true}, loan: &loan{memory: c.memory}, credit: cloudBatch * MaxRecord,
		received: schemas.MillisOf(c.cfg.Now()), seen: map[identity]int{}, origin: Origin{Route: cloudRoute}}
	defer in.loan.giveBack()
	err := in.read(func(rd *reader) error {
		for i, r := range records {
			if !known {
				if err := in.quarantine(&fault{KindInvalid, "its shop is not in the shops file"}, r.Value); err != nil {
					return err
				}
				continue
			}
			if err := in.cloudRecord(rd, i+1, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return in.finish(ctx)
}

// cloudRecord adds one record's event, or its dead letter.
func (in *intake) cloudRecord(rd *reader, number int, r *kgo.Record) error {
	text, f := recordEvent(r)
	if f != nil {
		return in.quarantine(f, r.Value)
	}
	_, err := in.line(rd, line{number, text}, func(rd *reader, l line) (bool, error) { return in.cloudEvent(rd, l.text) })
	var no *refusal
	if errors.As(err, &no) { // what refuses a request must not stop a topic
		return in.quarantine(&fault{KindInvalid, "refused: " + no.code}, text)
	}
	return err
}

// recordEvent is a record's event in structured form.
func recordEvent(r *kgo.Record) ([]byte, *fault) {
	if no := checkText(r.Value); no != nil {
		return nil, &fault{KindUnreadable, "refused: " + no.code}
	}
	if value := jsontext.Value(r.Value); !value.IsValid(jsontext.AllowInvalidUTF8(true)) || value.Kind() != '{' {
		return nil, &fault{KindUnreadable, "value is no JSON object"}
	}
	headers := map[string]string{}
	for _, h := range r.Headers {
		headers[h.Key] = string(h.Value)
	}
	if media, _, err := mime.ParseMediaType(headers["content-type"]); err == nil && media == cloudEvent {
		return r.Value, nil
	}
	if headers["ce_time"] == "" {
		headers["ce_time"] = r.Timestamp.UTC().Format(time.RFC3339Nano)
	}
	event, no := structured(func(name string) string { return headers["ce_"+name] }, r.Value)
	if no != nil {
		return nil, &fault{KindUnreadable, "refused: " + no.code}
	}
	return event, nil
}
