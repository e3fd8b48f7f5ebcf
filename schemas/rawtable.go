package schemas

import (
	"fmt"
	"strings"
	"time"
)

// Columns that land adds to the fields of an event.
const (
	ColumnPart       = "part"
	ColumnOffset     = "offset"
	ColumnAppendTime = "append_time"
	ColumnDuplicate  = "duplicate"
)

// chNested in a ch tag spreads a slice of structs over one array column per field, named slice.field.
const chNested = "nested"

// RawTable describes the table that keeps every event of the family, one row per record of the log. A record that is
// landed again gives the same row with the same sorting key, which ReplacingMergeTree takes for one: exactly once by
// (part, offset). Everything else in the key and the partition is a function of the record, so copies always meet.
// It panics on a struct without ch tags, which is a mistake of the program.
func RawTable[E any](f Family[E]) Table {
	l, err := layoutOf[E]()
	if err != nil {
		panic(err)
	}
	t, err := rawTable(l, f.Name, f.RawTable())
	if err != nil {
		panic(err)
	}
	return t
}

func rawTable(l *layout, family, name string) (Table, error) {
	columns, err := eventColumns(l, "", "", "")
	return Table{
		Name:      name,
		Doc:       "Every event of the family " + family + ", copies marked. Read it through v_" + name + ".",
		Columns:   append(columns, landColumns()...),
		Engine:    "ReplacingMergeTree",
		Partition: "toYYYYMM(received_at)",
		OrderBy:   []string{"shop", "type", "toStartOfHour(occurred_at)", ColumnPart, ColumnOffset},
		TTL:       "toDateTime(received_at) + INTERVAL " + retention(family),
	}, err
}

// RawView describes the view through which a raw table is read: one row per record and no marked copies. It names its
// columns: ClickHouse fixes those of a SELECT * when the view is made, which would hide the fields added later.
func RawView[E any](f Family[E]) View {
	var columns []string
	for _, c := range RawTable(f).Columns {
		if c.Name != ColumnDuplicate {
			columns = append(columns, "`"+c.Name+"`")
		}
	}
	return View{
		Name: "v_" + f.RawTable(),
		Doc:  "Events of the family " + f.Name + ", each once within the dedupe horizon.",
		SQL:  "SELECT\n    " + strings.Join(columns, ",\n    ") + "\nFROM " + f.RawTable() + " FINAL\nWHERE NOT " + ColumnDuplicate,
	}
}

// RawTables lists the raw tables of all families.
func RawTables() []*Table {
	tables := []Table{
		RawTable(Clickstream), RawTable(Orders), RawTable(Logistics), RawTable(Marketing), RawTable(Inventory), RawTable(Service),
	}
	out := make([]*Table, len(tables))
	for i := range tables {
		out[i] = &tables[i]
	}
	return out
}

// RawViews lists the views of RawTables.
func RawViews() []View {
	return []View{
		RawView(Clickstream), RawView(Orders), RawView(Logistics), RawView(Marketing), RawView(Inventory), RawView(Service),
	}
}

// retention is the same as an interval of ClickHouse. It counts from received_at, so that imported history is not deleted on arrival.
func retention(family string) string {
	if family == Clickstream.Name {
		return "90 DAY"
	}
	return "3 YEAR"
}

// Underway is how long an event may take from being received, by which raw tables are partitioned, to its partition in Kafka.
const Underway = 7 * 24 * time.Hour

// Retention is for how long at least raw events of the family are kept, from the moment at which they were received.
func Retention(family string) time.Duration {
	if family == Clickstream.Name {
		return 90 * 24 * time.Hour
	}
	return 3 * 365 * 24 * time.Hour
}

func landColumns() []Column {
	return []Column{
		{Name: ColumnPart, Type: "UInt64", Doc: "First four bytes of the Kafka topic id, then the partition."},
		{Name: ColumnOffset, Type: "UInt64", Doc: "Offset of the record in its partition."},
		{Name: ColumnAppendTime, Type: "DateTime64(3, 'UTC')", Doc: "Timestamp of the record: when Kafka appended it."},
		{Name: ColumnDuplicate, Type: "Bool", Doc: "The event_id was seen in the partition within the dedupe horizon before this record."},
	}
}

// eventColumns lists the columns of a struct; before and after wrap the types of an array's elements.
func eventColumns(l *layout, prefix, before, after string) (columns []Column, err error) {
	for i := range l.fields {
		f, tag := &l.fields[i], l.tags[i]
		switch {
		case tag.ch == "" || (tag.ch == chNested) != (f.kind == kindStructs):
			return nil, fmt.Errorf("schemas: %v.%s: ch tag %q; write its ClickHouse type, or nested for lines", l.typ, tag.goName, tag.ch)
		case tag.ch == chNested:
			inner, err := eventColumns(f.items, f.name+".", "Array(", ")")
			if err != nil {
				return nil, err
			}
			columns = append(columns, inner...)
		default:
			columns = append(columns, Column{Name: prefix + f.name, Type: before + tag.ch + after, Doc: tag.doc})
		}
	}
	return columns, nil
}
