package archive

import (
	"fmt"
	"slices"

	"tidemark/schemas"
)

// share is the rows of a block that go into one file.
type share struct {
	shop, day string
	rows      []int32
}

// split sorts the rows of a block by shop and day; within a file they keep the order of the log. Shares come in the order
// of shop and day.
func split(b *schemas.Block) ([]share, error) {
	shops, ok1 := column[string](b, "shop")
	occurred, ok2 := column[schemas.Millis](b, "occurred_at")
	appended, ok3 := column[schemas.Millis](b, schemas.ColumnAppendTime)
	if !ok1 || !ok2 || !ok3 {
		return nil, fmt.Errorf("block of %s lacks shop, occurred_at or %s", b.Table.Name, schemas.ColumnAppendTime)
	}
	type key struct {
		shop string
		day  int64
	}
	byKey := map[key]int{}
	var shares []share
	for row := range b.Rows {
		k := key{shops[row], int64(max(0, min(occurred[row], appended[row]))) / dayMillis}
		i, known := byKey[k]
		if !known {
			i = len(shares)
			byKey[k] = i
			shares = append(shares, share{shop: k.shop, day: dayOf(occurred[row], appended[row])})
		}
		shares[i].rows = append(shares[i].rows, int32(row))
	}
	slices.SortFunc(shares, func(a, b share) int { return slices.Compare([]string{a.shop, a.day}, []string{b.shop, b.day}) })
	return shares, nil
}

const dayMillis = 24 * 60 * 60 * 1000

// column returns a block's column by name.
func column[T any](b *schemas.Block, name string) ([]T, bool) {
	i := slices.Index(b.Names, name)
	if i < 0 {
		return nil, false
	}
	v, ok := b.Data[i].([]T)
	return v, ok
}
