package letters

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/ingest"
	"tidemark/schemas"
)

// Item is one letter of the topic. Its Payload and Context may be left out until Each hands it over.
type Item struct {
	ingest.Letter
	Key      string
	Sources  []string  // everybody who wrote it, in their order of the alphabet
	Replayed time.Time // when it was last sent again; zero where it never was

	place place // of its newest record
	left  int   // bytes of Payload and Context that were left out
}

// place is where a record lies.
type place struct {
	partition int32
	offset    int64
}

// Box is what was read.
type Box struct {
	Items      []*Item // the oldest first
	Unreadable int     // records that are neither letter nor mark
	Records    int     // read in all

	options []kgo.Opt
	room    int // bytes of payloads and contexts to hold at a time
	held    int
}

// maxHeld is how much of payloads a box holds: few letters are read once, and of many the rest is read again, piece by piece.
const maxHeld = 16 << 20

// Read reads the topic up to its present end and notes the letters that the filter takes. It starts where the filter's
// Since lies: no letter is written before it was received.
func Read(ctx context.Context, options []kgo.Opt, f Filter) (*Box, error) {
	return read(ctx, options, f, maxHeld)
}

func read(ctx context.Context, options []kgo.Opt, f Filter, room int) (*Box, error) {
	parts, err := spans(ctx, options, f.Since)
	if err != nil {
		return nil, err
	}
	box := &Box{options: options, room: room}
	byKey := map[string]*Item{}
	replayed := map[string]time.Time{}
	takes := f.compile()
	if err := scan(ctx, options, parts, func(r *kgo.Record) { box.take(r, takes, byKey, replayed) }); err != nil {
		return nil, err
	}
	for key, item := range byKey {
		item.Replayed = replayed[key]
		box.Items = append(box.Items, item)
	}
	slices.SortFunc(box.Items, func(a, b *Item) int {
		return cmp.Or(cmp.Compare(a.ReceivedAt, b.ReceivedAt), strings.Compare(a.Key, b.Key))
	})
	if f.Limit > 0 && len(box.Items) > f.Limit {
		box.Items = slices.Clone(box.Items[len(box.Items)-f.Limit:])
	}
	return box, nil
}

// take notes one record. The newest letter of a key stands for all.
func (b *Box) take(r *kgo.Record, takes func(string, *ingest.Letter) bool, byKey map[string]*Item, replayed map[string]time.Time) {
	b.Records++
	l, at, err := ingest.ParseLetter(r)
	switch key := string(r.Key); {
	case err != nil:
		b.Unreadable++
	case l == nil:
		replayed[key] = at
	case takes(key, l):
		item := &Item{Letter: *l, Key: key, Sources: []string{l.Source}, place: place{r.Partition, r.Offset}}
		if known := byKey[key]; known != nil {
			item.Sources = append(item.Sources, known.Sources...)
			slices.Sort(item.Sources)
			item.Sources = slices.Compact(item.Sources)
			b.held -= len(known.Payload) + len(known.Context)
		}
		if size := len(l.Payload) + len(l.Context); b.held+size <= b.room {
			b.held += size
		} else {
			item.drop()
		}
		byKey[key] = item
	}
}

// drop leaves out what is large.
func (i *Item) drop() {
	i.left = len(i.Payload) + len(i.Context)
	i.Payload, i.Context = "", ""
}

// Each hands over every letter whole, the oldest first, and lets go of what it has read for that. Letters that retention has
// deleted since they were noted are left out, which is an error in the end.
func (b *Box) Each(ctx context.Context, use func(*Item) error) error {
	gone := 0
	for items := b.Items; len(items) > 0; {
		n, size := 0, 0
		for n < len(items) && (n == 0 || size+items[n].left <= b.room) {
			size += items[n].left
			n++
		}
		loaded, err := b.load(ctx, items[:n])
		if err != nil {
			return err
		}
		for _, i := range items[:n] {
			switch {
			case i.left == 0:
			case !loaded[i.place]:
				gone++
				continue
			}
			if err := use(i); err != nil {
				return err
			}
			if loaded[i.place] {
				i.drop()
			}
		}
		items = items[n:]
	}
	if gone > 0 {
		return fmt.Errorf("the retention of %s has deleted %d letters while they were read", schemas.DeadLetterTopic, gone)
	}
	return nil
}

// load reads what was left out of the items, and says of which it has.
func (b *Box) load(ctx context.Context, items []*Item) (map[place]bool, error) {
	wanted := map[place]*Item{}
	parts := map[int32]span{}
	for _, i := range items {
		if i.left == 0 {
			continue
		}
		wanted[i.place] = i
		s, known := parts[i.place.partition]
		if !known {
			s.from = i.place.offset
		}
		parts[i.place.partition] = span{min(s.from, i.place.offset), max(s.end, i.place.offset+1)}
	}
	loaded := map[place]bool{}
	err := scan(ctx, b.options, parts, func(r *kgo.Record) {
		at := place{r.Partition, r.Offset}
		i := wanted[at]
		if i == nil {
			return
		}
		if l, _, err := ingest.ParseLetter(r); err == nil && l != nil { // as it was when it was noted
			i.Payload, i.Context, loaded[at] = l.Payload, l.Context, true
		}
	})
	return loaded, err
}
