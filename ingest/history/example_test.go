package history

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"

	"tidemark/ingest"
)

// example takes a file out of the documentation of imports.
func example(t *testing.T, name string) string {
	t.Helper()
	return exampleOf(t, "import.md", name)
}

func exampleOf(t *testing.T, doc, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + doc)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)<!-- example: " + regexp.QuoteMeta(name) + " -->\n```[a-z]*\n(.*?)```").FindSubmatch(text)
	if found == nil {
		t.Fatalf("docs/%s has no example %s", doc, name)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, found[1], 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// scanFile imports a file without Kafka.
func scanFile(t *testing.T, mapping, input string) (*Report, []Event) {
	t.Helper()
	m, err := LoadMapping(mapping)
	if err != nil {
		t.Fatal(err)
	}
	in, err := Open(input, FormatAuto, m, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var events []Event
	report, err := Scan(t.Context(), in, ScanConfig{Shop: testShop(t), Now: testNow, Bad: input + ".bad.csv"}, func(e Event) error {
		events = append(events, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if report.Unfinished() != 0 {
		t.Errorf("%d lines are not accounted for", report.Unfinished())
	}
	return report, events
}

var testNow = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

func wantEvents(t *testing.T, events []Event, want ...string) {
	t.Helper()
	id := regexp.MustCompile(`"event_id":"([0-9a-f]{32})",`)
	seen := map[string]bool{}
	for i, e := range events {
		text := string(e.Value)
		if found := id.FindStringSubmatch(text); found == nil || found[1] != e.ID || seen[e.ID] {
			t.Errorf("event %d has id %q", i, e.ID)
		}
		seen[e.ID] = true
		text = id.ReplaceAllString(text, "")
		text = strings.Replace(text, `"received_at":1772409600000,"shop":"retail","market":"uk",`, "", 1)
		if i >= len(want) || text != want[i] {
			t.Errorf("event %d is\n%s", i, text)
		}
	}
	if len(events) != len(want) {
		t.Errorf("%d events, want %d", len(events), len(want))
	}
}

func TestExampleOrders(t *testing.T) {
	input := example(t, "orders.csv")
	report, events := scanFile(t, example(t, "orders.yaml"), input)
	sale := `"source":"erp","order_id":"10001","buyer":"4711","currency":"GBP","total":"60.93","reporting_currency":"GBP","reporting_total":"60.93","units":8,` +
		`"items":[{"sku":"A1","name":"Teapot","price":"19.95","quantity":2},{"sku":"B2","name":"Cup","price":"3.505","quantity":6}]}`
	wantEvents(t, events,
		`{"type":"order_placed","occurred_at":1735895700000,`+sale,
		`{"type":"order_paid","occurred_at":1735895700000,`+sale,
		`{"type":"order_refunded","occurred_at":1735984800000,"source":"erp","order_id":"C10002","buyer":"4711","currency":"GBP","refund":"3.505","reporting_currency":"GBP","reporting_refund":"3.505","units":1,"items":[{"sku":"B2","name":"Cup","price":"3.505","quantity":1}]}`,
	)
	if report.Lines != 5 || report.Used != 3 || report.Ignored != 1 || report.Refused != 1 || !slices.Equal(report.Dropped, []string{"Agent"}) {
		t.Errorf("%+v", report)
	}
	bad, err := os.ReadFile(input + ".bad.csv")
	want := "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,Customer,Agent,tidemark_input,tidemark_line,tidemark_reason,tidemark_text\n" +
		"10004,A1,Teapot,one,05.01.2025 12:00,19.95,4712.0,Ann,orders.csv,6,no whole number in column Quantity,\n"
	if err != nil || string(bad) != want {
		t.Errorf("refused lines: %v\n%s", err, bad)
	}
}

func TestExampleScans(t *testing.T) {
	report, events := scanFile(t, example(t, "scans.yaml"), example(t, "scans.ndjson"))
	wantEvents(t, events,
		`{"type":"picked_up","occurred_at":1735894800000,"source":"dhl-export","carrier":"dhl","tracking_id":"00340","order_id":"10001","raw_status":"PU"}`,
		`{"type":"delivered","occurred_at":1736004600000,"source":"dhl-export","carrier":"dhl","tracking_id":"00340","order_id":"10001","raw_status":"DLV"}`,
		`{"type":"unknown","occurred_at":1736004660000,"source":"dhl-export","carrier":"dhl","tracking_id":"00340","order_id":"10001","raw_status":"X9"}`,
	)
	if report.Refused != 1 || report.Reasons["the same id as a line before"] != 1 || !slices.Equal(report.Dropped, []string{"signed_by"}) || events[0].Key != "dhl/00340" {
		t.Errorf("%+v", report)
	}
}

func TestExamplePayments(t *testing.T) {
	path := filepath.Join(t.TempDir(), "payments.parquet")
	writePayments(t, path)
	report, events := scanFile(t, example(t, "payments.yaml"), path)
	person, _ := ingest.PersonID(testShop(t), testNow, "jo@x.example")
	wantEvents(t, events,
		`{"type":"order_paid","occurred_at":1735866000000,"source":"psp","order_id":"p1","buyer":"`+person+`","currency":"CNY","total":"12.34","payment_method":"card"}`,
		`{"type":"payment_failed","occurred_at":1735866001500,"source":"psp","order_id":"p2","currency":"CNY","total":"0.3","payment_method":"card"}`,
	)
	if report.Refused != 1 || report.Ignored != 1 || report.Reasons["no rule fits"] != 1 || !slices.Equal(report.Dropped, []string{"note"}) {
		t.Errorf("%+v", report)
	}
}

// writePayments makes a small file: a time without zone, an exact decimal, a null, a column that nobody reads.
func writePayments(t *testing.T, path string) {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "order", Type: arrow.BinaryTypes.String}, {Name: "paid", Type: &arrow.TimestampType{Unit: arrow.Millisecond}},
		{Name: "amount", Type: &arrow.Decimal128Type{Precision: 12, Scale: 2}}, {Name: "currency", Type: arrow.BinaryTypes.String},
		{Name: "state", Type: arrow.BinaryTypes.String}, {Name: "mail", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "note", Type: arrow.PrimitiveTypes.Int64},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	b.Field(0).(*array.StringBuilder).AppendValues([]string{"p1", "p2", "p3", "p1"}, nil)
	b.Field(1).(*array.TimestampBuilder).AppendValues([]arrow.Timestamp{1735894800000, 1735894801500, 1735894802000, 1735981200000}, nil)
	for _, cents := range []int64{1234, 30, 1, 1234} {
		b.Field(2).(*array.Decimal128Builder).Append(decimal128.FromI64(cents))
	}
	b.Field(3).(*array.StringBuilder).AppendValues([]string{"CNY", "cny", "CNY", "CNY"}, nil)
	b.Field(4).(*array.StringBuilder).AppendValues([]string{"captured", "declined", "pending", "settled"}, nil)
	b.Field(5).(*array.StringBuilder).AppendValues([]string{"Jo@x.example", "", "", "Jo@x.example"}, []bool{true, false, false, true})
	b.Field(6).(*array.Int64Builder).AppendValues([]int64{1, 2, 3, 4}, nil)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := pqarrow.NewFileWriter(schema, f, parquet.NewWriterProperties(), pqarrow.DefaultWriterProps())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(b.NewRecord()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
