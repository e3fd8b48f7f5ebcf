package schemas

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestRows(t *testing.T) {
	familyTest(t, checkRows[Click], checkRows[Order], checkRows[Parcel], checkRows[Spend], checkRows[Stock], checkRows[Ticket])
}

// checkRows puts events into columns and takes them out again by the columns' names.
func checkRows[E any](t *testing.T, f Family[E]) {
	events := []E{filled[E](), *new(E), filled[E]()}
	r := must(NewRows(f))
	for round := range 2 { // the second one reuses the builder
		var texts []string
		for i := range events {
			e := events[i]
			r.Append(&e, 7<<32|3, int64(i), Millis(1000+i), i == 2)
			texts = append(texts, string(must(json.Marshal(e))))
		}
		if r.Len() != len(events) || r.Bytes() <= 0 {
			t.Errorf("round %d: %d rows, %d bytes", round, r.Len(), r.Bytes())
		}
		checkBlock(t, r.Block(), f, texts)
		if r.Len() != 0 || r.Bytes() != 0 {
			t.Errorf("round %d: %d rows and %d bytes remain", round, r.Len(), r.Bytes())
		}
	}
}

func checkBlock[E any](t *testing.T, b Block, f Family[E], events []string) {
	t.Helper()
	table := RawTable(f)
	if b.Rows != len(events) || !reflect.DeepEqual(*b.Table, table) || len(b.Names) != len(table.Columns) || len(b.Data) != len(b.Names) {
		t.Fatalf("block of %d rows, table %s, %d names, %d columns", b.Rows, b.Table.Name, len(b.Names), len(b.Data))
	}
	for i, name := range b.Names {
		column := reflect.ValueOf(b.Data[i])
		if name != table.Columns[i].Name || column.Len() != b.Rows {
			t.Fatalf("column %d is %s of length %d, the table's is %s", i, name, column.Len(), table.Columns[i].Name)
		}
		if !fits(table.Columns[i].Type, b.Data[i]) {
			t.Errorf("column %s %s comes as %T", name, table.Columns[i].Type, b.Data[i])
		}
	}
	for row, text := range events {
		var e E
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			t.Fatal(err)
		}
		checkRow(t, b, row, reflect.ValueOf(e))
	}
}

// checkRow compares one row with the event that it came from, found by reflection.
func checkRow(t *testing.T, b Block, row int, e reflect.Value) {
	t.Helper()
	land := map[string]any{ColumnPart: uint64(7<<32 | 3), ColumnOffset: uint64(row), ColumnAppendTime: Millis(1000 + row), ColumnDuplicate: row == 2}
	for i, name := range b.Names {
		got := reflect.ValueOf(b.Data[i]).Index(row).Interface()
		want, ok := land[name]
		if list, field, nested := strings.Cut(name, "."); !ok && nested {
			var values []any
			for lines := fieldByName(e, list); len(values) < lines.Len(); {
				values = append(values, fieldByName(lines.Index(len(values)), field).Interface())
			}
			want, got = fmt.Sprint(values), fmt.Sprint(got)
		} else if !ok {
			want = fieldByName(e, name).Interface()
		}
		if reflect.ValueOf(want).Kind() == reflect.Slice { // none equals empty
			want, got = fmt.Sprintf("%q", want), fmt.Sprintf("%q", got)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("row %d, column %s: %v, want %v", row, name, got, want)
		}
	}
}

// fits says whether a column of this ClickHouse type may come as this slice type.
func fits(chType string, data any) bool {
	switch data.(type) {
	case []string:
		return strings.HasSuffix(chType, "String") || chType == "LowCardinality(String)"
	case []bool:
		return chType == "Bool"
	case []int64:
		return chType == "Int64"
	case []uint64:
		return chType == "UInt64"
	case []float64:
		return chType == "Float64"
	case []Millis:
		return chType == "DateTime64(3, 'UTC')"
	case []Money:
		return chType == "Decimal(38, 6)"
	case [][]string:
		return chType == "Array(String)"
	case [][]int64:
		return chType == "Array(Int64)"
	case [][]Money:
		return chType == "Array(Decimal(38, 6))"
	}
	return false
}

// A block must not change when the record's buffer, the event or the builder are used again.
func TestBlockOwnsItsData(t *testing.T) {
	d, r := must(NewDecoder[Order]()), must(NewRows(Orders))
	full := filled[Order]()
	buf := must(NewEncoder[Order]()).Append(nil, &full)
	record := string(buf)
	var e Order
	if err := d.Decode(buf, &e); err != nil {
		t.Fatal(err)
	}
	r.Append(&e, 7<<32|3, 0, 1000, false)
	block := r.Block()
	for i := range buf {
		buf[i] = '!'
	}
	clear(e.Items)
	clear(e.Coupons)
	other := filled[Order]()
	other.Buyer = "somebody else"
	r.Append(&other, 1, 1, 1, true)
	r.Block()
	checkBlock(t, block, Orders, []string{record})
}

func TestNoBurstKeepsItsMemory(t *testing.T) {
	r := must(NewRows(Clickstream))
	for i := range 3 * maxRoom {
		r.Append(&Click{}, 1, int64(i), 1, false)
	}
	r.Block()
	if room := cap(r.parts); room != maxRoom {
		t.Errorf("room for %d rows is kept, want %d", room, maxRoom)
	}
}

// Equal neighbours share their text; others of the same length must not.
func TestNeighboursKeepTheirOwnText(t *testing.T) {
	r := must(NewRows(Clickstream))
	want := []string{"event-1", "event-1", "event-2", "", "event-2"}
	for i, id := range want {
		r.Append(&Click{Envelope: Envelope{EventID: id}}, 1, int64(i), 1, false)
	}
	if got := r.Block().Data[0]; !reflect.DeepEqual(got, want) {
		t.Errorf("event ids %v, want %v", got, want)
	}
}

func TestRowsBytesGrow(t *testing.T) {
	r := must(NewRows(Clickstream))
	e := plainClick()
	last := int64(0)
	for i := range 100 {
		e.EventID = fmt.Sprint("event-", i)
		r.Append(&e, 1, int64(i), 1, false)
		if r.Bytes() <= last {
			t.Fatalf("row %d: %d bytes after %d", i, r.Bytes(), last)
		}
		last = r.Bytes()
	}
}

// Lines cost memory too, the empty fields of theirs included: 7 texts, a price and a quantity each.
func TestRowsBytesCountLines(t *testing.T) {
	r := must(NewRows(Orders))
	r.Append(&Order{}, 1, 0, 1, false)
	bare := r.Bytes()
	r.Append(&Order{Items: make([]Item, 100)}, 1, 1, 1, false)
	if got, want := r.Bytes()-2*bare, int64(100*(7*16+2*8)); got != want {
		t.Errorf("100 lines count as %d bytes, want %d", got, want)
	}
}

func TestRowsRefuse(t *testing.T) {
	type untagged struct {
		A string `json:"a"`
	}
	type flagged struct {
		A bool `json:"a" ch:"Bool"`
	}
	type lines struct {
		L []flagged `json:"l" ch:"nested"`
	}
	type notNested struct {
		L []flagged `json:"l" ch:"Array(String)"`
	}
	for _, err := range []error{
		errOf(NewRows(Family[untagged]{Name: "x"})), errOf(NewRows(Family[lines]{Name: "x"})), errOf(NewRows(Family[notNested]{Name: "x"})),
	} {
		if err == nil {
			t.Error("NewRows accepts a struct that a table cannot take")
		}
	}
}

func errOf[T any](_ T, err error) error { return err }

func TestArenaNeverOverlaps(t *testing.T) {
	var a arena
	var got, want []string
	for i := range 5000 {
		s := strings.Repeat(string(rune('a'+i%26)), i%700)
		got, want = append(got, a.clone(s)), append(want, s)
	}
	if !reflect.DeepEqual(got, want) {
		t.Error("a copy was overwritten")
	}
	first := a.texts.take(3)
	_ = append(first, "beyond") // must not run into the next cut
	if second := a.texts.take(1); second[0] != "" {
		t.Error("two cuts share memory")
	}
}

func BenchmarkRowsAppendClick(b *testing.B) {
	r := must(NewRows(Clickstream))
	e := plainClick()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r.Append(&e, 1, int64(i), 1, false)
		if r.Len() == 10_000 {
			r.Block()
		}
	}
}
