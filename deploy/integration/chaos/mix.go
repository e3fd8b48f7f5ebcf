package chaos

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/schemas"
)

// Mix says how hard a load is.
type Mix struct {
	Copies  float64 // share of events sent again later
	Most    int     // copies of such an event, evenly from 1 up to this many; 0 is 1
	Broken  float64 // share of records in front of which one is written that cannot be read
	Poison  bool    // such records are of every kind, not just cut off
	Future  float64 // share of live events from 2099
	Shuffle bool    // every event is up to 50 s late, every tenth a quarter of an hour
	// Change rewrites an event as another version of the schema would have written it; nil leaves it alone.
	Change func(rng *rand.Rand, event map[string]any)
	// Prefix goes before every id, so that two loads share none.
	Prefix string
}

// Usual is the mix of a load that asks for no other.
func Usual() Mix { return Mix{Copies: 0.05, Broken: 0.0005, Future: 0.0005} }

// delay is how long an event was under way: mostly seconds, sometimes most of a minute, seldom too long for a window.
func (m *Mix) delay(rng *rand.Rand) schemas.Millis {
	quick, slow := 0.80, 0.97
	if m.Shuffle {
		quick, slow = 0, 0.90
	}
	longest := int64(3_000)
	switch dice := rng.Float64(); {
	case dice > slow:
		longest = 900_000
	case dice > quick:
		longest = 50_000
	}
	return schemas.Millis(rng.Int64N(longest))
}

func (m *Mix) copies(rng *rand.Rand) int {
	if rng.Float64() >= m.Copies {
		return 0
	}
	return 1 + rng.IntN(max(1, m.Most))
}

func (m *Mix) change(rng *rand.Rand, value []byte) ([]byte, error) {
	if m.Change == nil {
		return value, nil
	}
	event := map[string]any{}
	dec := json.NewDecoder(bytes.NewReader(value))
	dec.UseNumber()
	if err := dec.Decode(&event); err != nil {
		return nil, err
	}
	m.Change(rng, event)
	return json.Marshal(event)
}

// spoil makes a record that nobody can read, for the same partition.
func (m *Mix) spoil(rng *rand.Rand, good *kgo.Record) *kgo.Record {
	r := &kgo.Record{Topic: good.Topic, Partition: good.Partition, Key: good.Key, Value: []byte(`{"event_id":`)}
	if !m.Poison {
		return r
	}
	switch rng.IntN(8) {
	case 0: // random bytes; the first is no blank, digit, bracket or quote
		r.Value = make([]byte, 1+rng.IntN(200))
		for i := range r.Value {
			r.Value[i] = byte(rng.Uint32())
		}
		r.Value[0] = 0xff
	case 1: // JSON that is no event
		r.Value = []byte([]string{`null`, `[]`, `"x"`, `1`, `{}`, `{"a":[1,{"b":null}]}`}[rng.IntN(6)])
	case 2: // one byte of an event overwritten; NUL is wrong in every place of a JSON text
		r.Value = bytes.Clone(good.Value)
		r.Value[rng.IntN(len(r.Value))] = 0
	case 3: // large, and cut off
		r.Value = append([]byte(`{"event_id":"`), bytes.Repeat([]byte("x"), 200_000)...)
	case 4: // deep
		r.Value = bytes.Repeat([]byte("["), 20_000)
	case 5: // nothing, but no heartbeat either: it has a key
		r.Value = []byte{}
	case 6: // an event without identity
		r.Value = bytes.Replace(good.Value, []byte(`"event_id"`), []byte(`"event_id_"`), 1)
	}
	return r
}
