package ingest

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Records share memory, and none reaches into another's, however their sizes change and whatever was expected.
func TestRecordRoom(t *testing.T) {
	for _, about := range []int{-1, 0, 1, 2, roomRecords, 10_000} {
		var room recordRoom
		var recs []*kgo.Record
		text := func(i int) string { return strings.Repeat(string(rune('a'+i%26)), i*i%(3*roomBytes)) }
		for i := range 3 * roomRecords {
			recs = append(recs, room.record("t", text(i+1), []byte(text(i)), about-i))
		}
		for i, r := range recs {
			if r.Topic != "t" || string(r.Key) != text(i+1) || string(r.Value) != text(i) {
				t.Fatalf("about %d: record %d is not what was put in", about, i)
			}
			if cap(r.Key) != len(r.Key) || cap(r.Value) != len(r.Value) {
				t.Fatalf("about %d: record %d has room to write into its neighbour", about, i)
			}
		}
	}
}
