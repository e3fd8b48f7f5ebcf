package wire

import (
	"context"
	"slices"
	"strings"
	"time"

	"tidemark/ingest"
	"tidemark/processors"
	"tidemark/schemas"
)

// DeadLetters is the way from a consumer group to the dead letter topic, as processors.Config wants it.
func DeadLetters(w *ingest.DeadLetters, group string) func(context.Context, string, int32, []processors.Dead) error {
	return func(ctx context.Context, topic string, partition int32, dead []processors.Dead) error {
		letters := make([]ingest.DeadLetter, len(dead))
		for i, d := range dead {
			letters[i] = ingest.DeadLetter{
				Kind: kindOf(d.Reason), Reason: d.Reason, Source: group, Topic: topic, Partition: partition,
				Offset: d.Offset, ReceivedAt: schemas.Millis(time.Now().UnixMilli()), Payload: d.Value,
			}
		}
		return w.Write(ctx, letters...)
	}
}

// kindOf classes a refusal as the collector classes its own. The text of a schemas.DecodeError tells more than its
// Reason, the place for one, so the Reason is looked for within.
func kindOf(refusal string) ingest.Kind {
	says := func(r schemas.Reason) bool { return strings.Contains(refusal, string(r)) }
	switch {
	case slices.ContainsFunc([]schemas.Reason{schemas.NoObject, schemas.BadJSON, schemas.TooDeep}, says):
		return ingest.KindUnreadable
	case slices.ContainsFunc([]schemas.Reason{schemas.NoEventID, schemas.NoOccurredAt, schemas.NoShop, schemas.NoPartitionKey}, says):
		return ingest.KindMissingField
	case says(schemas.UnknownType):
		return ingest.KindUnknownType
	}
	return ingest.KindInvalid
}
