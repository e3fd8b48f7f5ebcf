// Package bench runs tidemark's own work over the workload that its speed is measured on: a clickstream in a flat JSON
// format of its own, four queries over it, and a bounded run from the first to the last offset of a topic.
package bench

import (
	"time"

	"tidemark/processors"
	"tidemark/schemas"
)

// event is one record of the workload, in the order of its fields on the wire.
type event struct {
	EventID     string         `json:"event_id"`
	Event       string         `json:"event"`
	TS          schemas.Millis `json:"ts"`
	UserID      string         `json:"user_id"`
	SessionID   string         `json:"session_id"`
	AnonymousID string         `json:"anonymous_id"`
	Page        string         `json:"page"`
	Referrer    string         `json:"referrer"`
	CampaignID  string         `json:"campaign_id"`
	Channel     string         `json:"channel"`
	ProductID   string         `json:"product_id"`
	Price       schemas.Money  `json:"price"`
	Value       schemas.Money  `json:"value"`
	Currency    string         `json:"currency"`
	Device      string         `json:"device"`
}

func source(topic string) processors.Source[event] {
	return processors.Source[event]{
		Family:  "bench",
		Topic:   topic,
		Horizon: 10 * time.Minute,
		Decode: func() (func([]byte, *event) error, error) {
			d, err := schemas.NewDecoder[event]()
			if err != nil {
				return nil, err
			}
			return d.Decode, nil
		},
		ID: func(e *event) string { return e.EventID },
		At: func(e *event) schemas.Millis { return e.TS },
	}
}
