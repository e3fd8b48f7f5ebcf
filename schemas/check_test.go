package schemas

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	familyTest(t, checkFamily[Click], checkFamily[Order], checkFamily[Parcel], checkFamily[Spend], checkFamily[Stock], checkFamily[Ticket])
}

// checkFamily clears each field of a good event in turn: exactly the required ones make Check fail, each with its
// reason. So Check, the JSON Schema and the dictionary, which share the list, say the same.
func checkFamily[E any, P checker[E]](t *testing.T, f Family[E]) {
	good := filled[E]()
	P(&good).Env().Type = Types(f.Name)[0]
	if err := P(&good).Check(); err != nil {
		t.Fatalf("a full event is refused: %v", err)
	}
	reasons := map[string]Reason{"event_id": NoEventID, "type": UnknownType, "occurred_at": NoOccurredAt, "shop": NoShop}
	doc := docOf(f.Name)
	required := doc.required()
	l := must(layoutOf[E]())
	for i := range l.fields {
		name, broken := l.fields[i].name, good
		fieldByName(reflect.ValueOf(&broken).Elem(), name).SetZero()
		var want error
		if slices.Contains(required, name) {
			want = NoPartitionKey
			if r, ok := reasons[name]; ok {
				want = r
			}
		}
		if err := P(&broken).Check(); !errors.Is(err, want) {
			t.Errorf("without %s: %v, want %v", name, err, want)
		}
	}
}

func TestCheckEdges(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Click)
		want   error
	}{
		"good":                  {func(*Click) {}, nil},
		"longest id":            {func(c *Click) { c.EventID = strings.Repeat("x", MaxEventID) }, nil},
		"id too long":           {func(c *Click) { c.EventID = strings.Repeat("x", MaxEventID+1) }, LongEventID},
		"id too long in bytes":  {func(c *Click) { c.EventID = strings.Repeat("字", 67) }, LongEventID},
		"type of the future":    {func(c *Click) { c.Type = "hologram_view" }, UnknownType},
		"type of other family":  {func(c *Click) { c.Type = OrderPlaced }, UnknownType},
		"type in other case":    {func(c *Click) { c.Type = "Page_View" }, UnknownType},
		"before 1970":           {func(c *Click) { c.OccurredAt = -1 }, NoOccurredAt},
		"first instant of 1970": {func(c *Click) { c.OccurredAt = 1 }, nil},
	} {
		e := plainClick()
		c.change(&e)
		if err := e.Check(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// Every type constant of a family must be in its vocabulary, and no type may stand in it twice.
func TestVocabularies(t *testing.T) {
	sizes := map[string]int{"clickstream": 23, "orders": 9, "logistics": 15, "marketing": 3, "inventory": 4, "service": 7}
	for _, name := range FamilyNames() {
		types := Types(name)
		if len(types) != sizes[name] || len(slices.Compact(slices.Clone(types))) != len(types) {
			t.Errorf("%s has the types %v, want %d different ones", name, types, sizes[name])
		}
	}
	if Types("nothing") != nil {
		t.Error("an unknown family has types")
	}
}

func TestCheckAllocatesNothing(t *testing.T) {
	e, bad := plainClick(), plainClick()
	bad.Shop = ""
	if n := testing.AllocsPerRun(100, func() { _, _ = e.Check(), bad.Check() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func docOf(family string) familyDoc {
	families := must(familyDocs())
	return families[slices.IndexFunc(families, func(f familyDoc) bool { return f.name == family })]
}

// fieldByName finds a field by its name on the wire, the way a reader of the struct would: by reflection, not by the layout.
func fieldByName(v reflect.Value, name string) reflect.Value {
	for i := range v.NumField() {
		sf := v.Type().Field(i)
		if sf.Anonymous {
			if f := fieldByName(v.Field(i), name); f.IsValid() {
				return f
			}
		}
		if tag, _, _ := strings.Cut(sf.Tag.Get("json"), ","); tag == name {
			return v.Field(i)
		}
	}
	return reflect.Value{}
}
