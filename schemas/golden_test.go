package schemas

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// The golden corpus holds records of version 1 as they lie in topics and backups. Code of any later day reads them with
// the same meaning:
//
//	v1.json          every field
//	v1-minimal.json  the fields that are always there
//	v1-loose.json    v1.json in the other spellings allowed: any order, blanks, escapes, numbers as money, RFC 3339
//	v1-future.json   v1.json with fields that version 1 does not know
//	v1-fields.txt    name and types of every field
//
// A failing test here means that stored events would be misread: add a field instead of changing one.
func TestGoldenRecords(t *testing.T) {
	familyTest(t, goldenRecords[Click], goldenRecords[Order], goldenRecords[Parcel], goldenRecords[Spend], goldenRecords[Stock], goldenRecords[Ticket])
}

func goldenRecords[E any, P checker[E]](t *testing.T, f Family[E]) {
	dec, enc := must(NewDecoder[E]()), must(NewEncoder[E]())
	full, minimal := golden(t, f.Name, "v1.json"), golden(t, f.Name, "v1-minimal.json")
	for file, want := range map[string][]byte{"v1.json": full, "v1-loose.json": full, "v1-future.json": full, "v1-minimal.json": minimal} {
		var e E
		if err := dec.Decode(golden(t, f.Name, file), &e); err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if err := P(&e).Check(); err != nil {
			t.Errorf("%s: decoded, but %v", file, err)
		}
		var got, old map[string]any
		if err := errors.Join(json.Unmarshal(enc.Append(nil, &e), &got), json.Unmarshal(want, &old)); err != nil {
			t.Fatal(err)
		}
		for name, value := range old {
			if !reflect.DeepEqual(got[name], value) {
				t.Errorf("%s: %s was %v and is read as %v", file, name, value, got[name])
			}
		}
	}
}

// The corpus must stay complete: v1.json sets every field of version 1.
func TestGoldenRecordsAreFull(t *testing.T) {
	for _, family := range FamilyNames() {
		var record map[string]any
		if err := json.Unmarshal(golden(t, family, "v1.json"), &record); err != nil {
			t.Fatal(err)
		}
		for _, line := range goldenFields(t, family) {
			if name, _, _ := strings.Cut(line, " "); !strings.Contains(name, ".") && record[name] == nil {
				t.Errorf("%s/v1.json lacks %s", family, name)
			}
		}
	}
}

// A field may be added; none may be renamed, removed, or change its type.
func TestGoldenFieldsAreFrozen(t *testing.T) {
	for _, f := range must(familyDocs()) {
		missing := removedFields(goldenFields(t, f.name), frozenFields(f.layout, ""))
		for _, line := range missing {
			t.Errorf("%s: the field %q of version 1 was removed or changed; stored events have it: restore it and add a new field instead", f.name, line)
		}
	}
}

// The control: the rule above sees a removal, a new type and a new class, and lets an addition pass.
func TestFrozenFieldsSeeChanges(t *testing.T) {
	old := []string{"a string String C1", "b integer Int64 C1"}
	for name, c := range map[string]struct {
		now  []string
		want int
	}{
		"same":     {old, 0},
		"added":    {append(slices.Clone(old), "c money Decimal(38, 6) C1"), 0},
		"reorders": {[]string{old[1], old[0]}, 0},
		"removed":  {old[:1], 1},
		"renamed":  {[]string{old[0], "bb integer Int64 C1"}, 1},
		"retyped":  {[]string{old[0], "b string String C1"}, 1},
		"freed":    {[]string{"a string String C3", old[1]}, 1},
	} {
		if got := removedFields(old, c.now); len(got) != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestTypeOfTheFutureIsQuarantined(t *testing.T) {
	record := strings.Replace(string(golden(t, Orders.Name, "v1.json")), OrderPaid, "order_teleported", 1)
	var e Order
	if err := must(NewDecoder[Order]()).Decode([]byte(record), &e); err != nil {
		t.Fatal(err)
	}
	if err := e.Check(); !errors.Is(err, UnknownType) || err.Error() != "unknown type" {
		t.Errorf("Check: %v", err)
	}
}

func removedFields(old, now []string) []string {
	return slices.DeleteFunc(slices.Clone(old), func(line string) bool { return slices.Contains(now, line) })
}

// frozenFields describes the fields of a struct, those of its lines included, one line each.
func frozenFields(l *layout, prefix string) (lines []string) {
	for i := range l.fields {
		f, tag := &l.fields[i], l.tags[i]
		lines = append(lines, fmt.Sprintf("%s%s %s %s %s", prefix, f.name, jsonType(f), tag.ch, tag.class))
		if f.items != nil {
			lines = append(lines, frozenFields(f.items, f.name+".")...)
		}
	}
	return lines
}

func goldenFields(t *testing.T, family string) []string {
	t.Helper()
	return strings.Split(strings.TrimSpace(string(golden(t, family, "v1-fields.txt"))), "\n")
}

func golden(t *testing.T, family, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "golden", family, file))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
