package hub

import (
	"context"

	"tidemark/alerts/incident"
)

// Receiver is told of every change of every incident, once if all goes well, again after a crash at the wrong moment.
type Receiver struct {
	// Name stands in the table with all that has been delivered: a new name is a new receiver. Lower case letters,
	// digits, - and _.
	Name string
	// Deliver sends the messages, oldest first. Nil means that all were taken; after an error all come again, later.
	// It is never called twice at the same time. ctx ends after Config.DeliverTimeout.
	Deliver func(ctx context.Context, messages []incident.Message) error
}

// Alertmanager takes the whole state, again and again, and forgets what is not repeated. All three functions are called
// from one goroutine; all may be repeated with the same arguments.
type Alertmanager struct {
	// Refresh pushes the active incidents with an end in the near future, and those resolved lately with their
	// ResolvedAt as the end. It is called at least each RefreshEvery, and at once when something changed.
	Refresh func(ctx context.Context, active, resolved []incident.View) error
	// Silence keeps an acknowledged incident from being repeated: up to AcknowledgedTier, until a little later than the
	// next call, which comes with the next refresh. A view that has risen above AcknowledgedTier must not be silent at
	// its Tier.
	Silence func(ctx context.Context, v incident.View) error
	// Unsilence ends it at once. It is called before the resolution is pushed, so that the resolution is delivered, and
	// when an incident is open again; there may be nothing to end.
	Unsilence func(ctx context.Context, v incident.View) error
}
