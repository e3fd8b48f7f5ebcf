package ingest

import (
	"encoding/binary"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

// entryVersion begins each entry of the spool: the records of one request, of each topic, key and value with their lengths
// before them as varints. A later version of the program reads this one too, or its spool must be drained first.
const entryVersion = 1

// spoolable says whether the records may wait on disk: clickstream, and dead letters, which may go with it. An order that
// waits where nobody sees it would be worse than one that its sender is told to repeat.
func spoolable(recs []*kgo.Record) bool {
	for _, r := range recs {
		if r.Topic != clickTopic && r.Topic != schemas.DeadLetterTopic || len(r.Headers) > 0 {
			return false
		}
	}
	return true
}

// unordered says whether the records may go past what is in the spool: none of them is of a visitor.
func unordered(recs []*kgo.Record) bool {
	return !slices.ContainsFunc(recs, func(r *kgo.Record) bool { return r.Topic == clickTopic })
}

func encodeEntry(recs []*kgo.Record) []byte {
	out := []byte{entryVersion}
	for _, r := range recs {
		for _, part := range [...][]byte{[]byte(r.Topic), r.Key, r.Value} {
			out = binary.AppendUvarint(out, uint64(len(part)))
			out = append(out, part...)
		}
	}
	return out
}

// decodeEntry adds the records of an entry to recs; they share its memory.
func decodeEntry(recs []*kgo.Record, entry []byte) ([]*kgo.Record, bool) {
	if len(entry) == 0 || entry[0] != entryVersion {
		return nil, false
	}
	rest := entry[1:]
	for len(rest) > 0 {
		var parts [3][]byte
		for i := range parts {
			n, size := binary.Uvarint(rest)
			if size <= 0 || n > uint64(len(rest)-size) {
				return nil, false
			}
			parts[i], rest = rest[size:size+int(n)], rest[size+int(n):]
		}
		recs = append(recs, &kgo.Record{Topic: string(parts[0]), Key: parts[1], Value: parts[2]})
	}
	return recs, true
}
