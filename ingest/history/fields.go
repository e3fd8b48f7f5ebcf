package history

import (
	"reflect"
	"slices"
	"strings"

	"tidemark/schemas"
)

// kind is what a text must be to go into a field.
type kind uint8

const (
	kindText kind = iota + 1
	kindFlag
	kindCount
	kindTime
	kindMoney
	kindTexts
)

// target is one field of an event.
type target struct {
	index []int // for reflect
	kind  kind
}

// notMapped are the fields that the importer or the collector's rules set.
var notMapped = []string{"event_id", "type", "received_at", "sent_at", "original_at", "shop", "market", "source", "shadow", "items"}

// fieldsOf lists the fields of a struct that a mapping may set, by their names on the wire.
func fieldsOf(t reflect.Type) map[string]target {
	kinds := map[reflect.Type]kind{
		reflect.TypeFor[string](): kindText, reflect.TypeFor[bool](): kindFlag, reflect.TypeFor[int64](): kindCount,
		reflect.TypeFor[schemas.Millis](): kindTime, reflect.TypeFor[schemas.Money](): kindMoney, reflect.TypeFor[[]string](): kindTexts,
	}
	out := map[string]target{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if k := kinds[f.Type]; k != 0 && name != "" && !slices.Contains(notMapped, name) {
			out[name] = target{index: f.Index, kind: k}
		}
	}
	return out
}
