package wire

import (
	"context"

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
				Kind: kindOf(d.Reason), Reason: string(d.Reason), Source: group, Topic: topic, Partition: partition,
				Offset: d.Offset, RecordKey: d.Key, ReceivedAt: d.Time, Payload: d.Value,
			}
		}
		return w.Write(ctx, letters...)
	}
}

// kindOf classes a refusal as the collector classes its own.
func kindOf(refusal schemas.Reason) ingest.Kind {
	switch refusal {
	case schemas.NoObject, schemas.BadJSON, schemas.TooDeep:
		return ingest.KindUnreadable
	case schemas.NoEventID, schemas.NoOccurredAt, schemas.NoShop, schemas.NoPartitionKey:
		return ingest.KindMissingField
	case schemas.LongEventID:
		return ingest.KindBadID
	case schemas.UnknownType:
		return ingest.KindUnknownType
	}
	return ingest.KindInvalid
}
