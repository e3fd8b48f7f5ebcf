package agg

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func uniqOf(ids []uint64) (*Uniq, map[uint64]bool) {
	u, want := new(Uniq), map[uint64]bool{}
	for _, id := range ids {
		u.Add(id)
		want[id] = true
	}
	return u, want
}

func checkUniq(t interface {
	Helper()
	Fatalf(string, ...any)
}, u *Uniq, want map[uint64]bool) {
	t.Helper()
	if u.Len() != len(want) {
		t.Fatalf("%d ids, want %d", u.Len(), len(want))
	}
	if ids, wanted := u.IDs(), slices.Sorted(maps.Keys(want)); !slices.Equal(ids, wanted) {
		t.Fatalf("ids %v, want %v", ids, wanted)
	}
}

func TestUniqLikeMap(t *testing.T) {
	// Few bits collide in the table, all bits are as hashes are.
	id := rapid.OneOf(rapid.Uint64Range(0, 20), rapid.Uint64(), rapid.Custom(func(t *rapid.T) uint64 {
		return rapid.Uint64Range(0, 9).Draw(t, "high") << 50
	}))
	rapid.Check(t, func(t *rapid.T) {
		left, right := halves(t, id)
		a, want := uniqOf(left)
		checkUniq(t, a, want)
		b, more := uniqOf(right)
		maps.Copy(want, more)
		a.Merge(b)
		checkUniq(t, a, want)
		checkUniq(t, b, more)
		b.Merge(a)
		checkUniq(t, b, want)
		b.Merge(b)
		checkUniq(t, b, want)
	})
}

func TestUniqEmpty(t *testing.T) {
	var u Uniq
	checkUniq(t, &u, nil)
	if ids := u.IDs(); ids == nil {
		t.Error("no ids are nil; a store wants an empty array")
	}
	u.Merge(new(Uniq))
	checkUniq(t, &u, nil)
	u.Add(0)
	checkUniq(t, &u, map[uint64]bool{0: true})
}

func TestUniqOfAMillion(t *testing.T) {
	var u Uniq
	for round := range 2 {
		for i := range uint64(1_000_000) {
			u.Add(i * 0x9e3779b97f4a7c15)
		}
		if u.Len() != 1_000_000 {
			t.Fatalf("round %d: %d ids", round, u.Len())
		}
	}
	if u.Bytes() > 8*4_000_000 {
		t.Errorf("a million ids take %d bytes", u.Bytes())
	}
}
