package chaos

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

// TestPoisonIsPoison: what a load calls unreadable is so to the program's decoder and to the test's own rule alike, and
// what it sends as an event to neither.
func TestPoisonIsPoison(t *testing.T) {
	decode, err := schemas.NewDecoder[schemas.Click]()
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	s := newShoppers(rng)
	mix := Mix{Poison: true}
	mixes := map[string]*Mix{"usual": {}, "newer": {Change: newer}, "older": {Change: older}}
	for range 500 {
		made := s.next(1_700_000_000_000, 1_700_000_000_000)
		for i := range made.clicks {
			value, err := json.Marshal(&made.clicks[i])
			if err != nil {
				t.Fatal(err)
			}
			var click schemas.Click
			bad := mix.spoil(rng, &kgo.Record{Value: value, Key: []byte("k")})
			if decode.Decode(bad.Value, &click) == nil && click.Check() == nil {
				t.Errorf("the program reads %.80q", bad.Value)
			}
			if _, ok := readable(Record{Value: bad.Value}); ok {
				t.Errorf("the oracle reads %.80q", bad.Value)
			}
			for name, m := range mixes {
				changed, err := m.change(rng, value)
				if err != nil {
					t.Fatal(err)
				}
				if err := decode.Decode(changed, &click); err != nil {
					t.Errorf("%s: the program does not read %s: %v", name, changed, err)
				}
				if event, ok := readable(Record{Value: changed}); !ok || event.EventID != made.clicks[i].EventID {
					t.Errorf("%s: the oracle does not read %s", name, changed)
				}
			}
		}
	}
}

func TestLedger(t *testing.T) {
	l := NewLedger()
	for _, id := range []string{"a", "b", "b", "c"} {
		l.Acked("t", id)
	}
	if l.Events() != 3 {
		t.Errorf("%d events, want 3", l.Events())
	}
	lost, double := l.Against("t", map[string]int{"a": 1, "b": 2, "x": 1})
	if lost != 1 || double != 1 {
		t.Errorf("%d lost, %d double, want one each", lost, double)
	}
}
