package wire

import (
	"time"

	"tidemark/alerts/deliver"
	"tidemark/alerts/hub"
	"tidemark/schemas"
)

// Zones tells a shop's time zone as the shops file has it now; nil for a shop that is not in it.
func Zones(shops func() *schemas.Shops) func(shop string) *time.Location {
	return func(id string) *time.Location {
		shop, ok := shops().ByID(id)
		if !ok {
			return nil
		}
		return shop.Location
	}
}

// Alertmanager is the hub's way to all instances of Alertmanager; nil where none is named.
func Alertmanager(c deliver.AlertmanagerConfig) (*hub.Alertmanager, error) {
	if len(c.URLs) == 0 {
		return nil, nil
	}
	a, err := deliver.NewAlertmanager(c)
	if err != nil {
		return nil, err
	}
	return &hub.Alertmanager{Refresh: a.Refresh, Silence: a.Silence, Unsilence: a.Unsilence}, nil
}
