package history

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tidemark/ingest"
)

// A document may mix rules, and a bad line refuses all of it.
func TestDocuments(t *testing.T) {
	report, events := mustScan(t, orders, head+
		"1,a,2,1.50,2025-01-01,x\n1,b,-1,9.99,2025-01-01,x\n1,c,0,0,2025-01-01,x\n"+ // sale, refund and gift in one
		"2,a,1,1.50,2025-01-01,x\n2,b,1,many,2025-01-01,x\n"+
		"3,a,1,1.50,2025-02-30,x\n,a,1,1.50,2025-01-01,x\n4,a,1,1.50\n5,a,,1.50,2025-01-01,x\n6,a,1,1.50,2099-01-01,x\n7,a,1,-2,2025-01-01,x\n")
	if len(events) != 3 || report.Used != 2 || report.Ignored != 1 || report.Refused != 8 {
		t.Errorf("%d events, %+v", len(events), report)
	}
	for reason, n := range map[string]int64{
		"no amount in column Price": 1, "another line of its document is refused": 1, "no time of the form expected in column At": 1,
		"nothing in the columns that identify it": 1, "another number of columns than the header has": 1, "no rule fits": 1,
		"bad_time: time more than 5 min ahead of its arrival": 1, "bad_amount: negative amount": 1,
	} {
		if report.Reasons[reason] != n {
			t.Errorf("%q %d times, want %d: %v", reason, report.Reasons[reason], n, report.Reasons)
		}
	}
}

// keep_open is 4: a document that comes back within as many lines is one, later it is refused and never a second event.
func TestDocumentsThatComeBack(t *testing.T) {
	line := func(no string) string { return no + ",a,1,1,2025-01-01,x\n" }
	within := head + line("1") + line("2") + line("3") + line("4") + line("1") + line("5")
	report, events := mustScan(t, orders, within)
	if report.Refused != 0 || len(events) != 10 {
		t.Errorf("within: %d events, %v", len(events), report.Reasons)
	}
	beyond := head + line("1") + line("2") + line("3") + line("4") + line("5") + line("1")
	report, events = mustScan(t, orders, beyond)
	if report.Reasons["its document ended more than keep_open lines before"] != 1 || len(events) != 10 {
		t.Errorf("beyond: %d events, %v", len(events), report.Reasons)
	}
	ids := map[string]bool{}
	for _, e := range events {
		if ids[e.ID] {
			t.Errorf("%s is the id of two events", e.ID)
		}
		ids[e.ID] = true
	}
}

// However the lines of documents lie between each other, within the limit, the events are the same.
func TestInterleavingChangesNothing(t *testing.T) {
	mapping := strings.Replace(orders, "keep_open: 4", "keep_open: 1000", 1)
	rapid.Check(t, func(r *rapid.T) {
		var documents [][]string
		total := new(big.Int)
		for d := range rapid.IntRange(1, 6).Draw(r, "documents") {
			var lines []string
			for range rapid.IntRange(1, 5).Draw(r, "lines") {
				pieces, micros := rapid.Int64Range(-1000, 1000).Draw(r, "pieces"), rapid.Int64Range(0, 1e12).Draw(r, "price")
				day := rapid.IntRange(1, 28).Draw(r, "day")
				lines = append(lines, fmt.Sprintf("%d,s,%d,%d.%06d,2025-01-%02d,x\n", d, pieces, micros/1e6, micros%1e6, day))
				if pieces > 0 {
					total.Add(total, new(big.Int).Mul(big.NewInt(pieces), big.NewInt(micros)))
				}
			}
			documents = append(documents, lines)
		}
		apart, mixed := head, head
		for _, lines := range documents {
			apart += strings.Join(lines, "")
		}
		for left := slices.Clone(documents); len(left) > 0; {
			i := rapid.IntRange(0, len(left)-1).Draw(r, "next")
			mixed += left[i][0]
			if left[i] = left[i][1:]; len(left[i]) == 0 {
				left = slices.Delete(left, i, i+1)
			}
		}
		one, a := mustScan(t, mapping, apart)
		two, b := mustScan(t, mapping, mixed)
		if x, y := sorted(a), sorted(b); !slices.Equal(x, y) {
			r.Fatalf("apart %v\nmixed %v", x, y)
		}
		if one.Used != two.Used || one.Refused != 0 {
			r.Fatalf("%+v\n%+v", one, two)
		}
		if got := one.rule("sale").Money["total"]["EUR"]; total.Sign() != 0 && (got == nil || got.Cmp(total) != 0) {
			r.Fatalf("sales add up to %v, should be %v", got, total)
		}
	})
}

func sorted(events []Event) []string {
	var out []string
	for _, e := range events {
		out = append(out, string(e.Value))
	}
	slices.Sort(out)
	return out
}

func TestSumsThatDoNotFit(t *testing.T) {
	report, _ := mustScan(t, orders, head+"1,a,1,9000000000000,2025-01-01,x\n1,b,1,9000000000000,2025-01-01,x\n2,a,1000000,90000000,2025-01-01,x\n")
	if report.Refused != 3 || report.Reasons[errOverflow.Error()+" in column Price"]+report.Reasons[errOverflow.Error()+" in column Pieces"] != 2 {
		t.Errorf("%v", report.Reasons)
	}
}

// What is too large for one record is refused, with all its lines.
func TestTooLarge(t *testing.T) {
	var b strings.Builder
	b.WriteString(head)
	n := ingest.MaxRecord/50 + 1
	for i := range n {
		fmt.Fprintf(&b, "1,sku-%030d,1,1,2025-01-01,x\n", i)
	}
	b.WriteString("2,a,1,1,2025-01-01,x\n")
	report, events := mustScan(t, orders, b.String())
	if report.Reasons[reasonLarge] != int64(n) || len(events) != 2 {
		t.Errorf("%d events, %v", len(events), report.Reasons)
	}
}

// A row that cannot be read refuses its document, whichever of them comes first: without it the amount would be wrong.
func TestUnreadableRowsRefuseTheirDocuments(t *testing.T) {
	const good, extra, bytes = "1,a,1,10.00,2025-01-01,x\n", "1,b,1,5.00,2025-01-01,x,x\n", "1,b,1,5.00,2025-01-01,\xff\n"
	other := "2,a,1,1,2025-01-01,x\n"
	if report, events := mustScan(t, orders, head+good+other); len(events) != 4 || report.Refused != 0 {
		t.Fatalf("without a bad row: %v, %v", sorted(events), report.Reasons)
	}
	for name, text := range map[string]string{"columns": good + other + extra, "columns first": extra + other + good, "bytes": good + bytes + other, "bytes first": bytes + good + other} {
		report, events := mustScan(t, orders, head+text)
		if len(events) != 2 || report.Refused != 2 || report.Used != 1 || report.Reasons[reasonAnother] != 1 {
			t.Errorf("%s: %v, %v", name, sorted(events), report.Reasons)
		}
	}
}

// Where cells are too many or too few, the document's name may stand beside its column.
func TestUnreadableRowsWithShiftedCells(t *testing.T) {
	mapping := strings.Replace(orders, "keep_open: 4", "keep_open: 100", 1)
	text := "SKU,Price,No,Pieces,At,Who\na,1,1,1,2025-01-01,x\na,1,2,1,2025-01-01,x\na,1,3,1,2025-01-01,x\n"
	for row, refused := range map[string]int64{"a,comma,1,3,1,2025-01-01,x": 3, "a,1,2,3,2025-01-01,x,y": 3, "a,2,1,2025-01-01,x": 3, " , ": 1} {
		report, events := mustScan(t, mapping, text+row+"\n")
		if report.Refused != refused || len(events) != int(2*report.Used) || report.Lines != 4 {
			t.Errorf("%s: %d refused, want %d: %v", row, report.Refused, refused, report.Reasons)
		}
	}
	if _, events, err := scanText(t, mapping, text+"a,1\n"); err == nil || len(events) != 0 || !strings.Contains(err.Error(), "line 5: another number of columns than the header has. Which No it belongs to cannot be told") {
		t.Errorf("a line cut before its document: %v, %v", events, err)
	}
}

// A quote that is not closed takes in other lines. The import ends there; no document is made from a part of its lines.
func TestQuotesThatTakeInLines(t *testing.T) {
	const a, b, open = "1,a,1,10,2025-01-01,x\n", "1,b,1,5,2025-01-01,x\n", "2,\"a,1,1,2025-01-01,x\n"
	lazy := orders + "csv: {lazy_quotes: true}\n"
	for name, tt := range map[string]struct{ mapping, text, want string }{
		"to the end":    {orders, a + open + b, "after line 2: a quoted cell runs over the end"},
		"to a quote":    {orders, a + open + b + "3,\"c\",1,1,2025-01-01,x\n", "after line 2: a quoted cell runs over the end"},
		"columns":       {orders, a + "2,\"a\n" + b + "3,c\",1,2025-01-01,x\n", "after line 2: a line with a quoted cell that has line breaks"},
		"lines are own": {single, a + open + b, "after line 2: a quoted cell"},
		"lazy, to end":  {lazy, a + "2,a,1,1,2025-01-01,\"x\n" + b, "with lazy_quotes nothing tells"},
		"lazy, closed":  {lazy, a + "2,\"5\" disc,1\n1,b\",1,1,2025-01-01,x\n", "with lazy_quotes nothing tells"},
		"within a line": {orders, a + "2,a\"b,1,1,2025-01-01,x\n" + b, "line 3: quotes that do not fit"},
		"broken JSON":   {orders, `{"No":1,"SKU":"a","Pieces":1,"Price":1,"At":"2025-01-01","Who":"x"}` + "\n" + `{"No":1,"SK`, "line 2: broken JSON"},
	} {
		text := head + tt.text
		if strings.HasPrefix(tt.text, "{") {
			text = tt.text
		}
		report, events, err := scanText(t, tt.mapping, text)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(tt.mapping, "document") && len(events) != 0 || report.Lines != 1 {
			t.Errorf("%s: %d events, %v, want %s", name, len(events), err, tt.want)
		}
	}
	report, events := mustScan(t, orders, head+"1,\"a\nb\",1,10,2025-01-01,x\n"+b)
	if report.Lines != 2 || len(events) != 2 {
		t.Errorf("line breaks that are meant: %d lines, %v", report.Lines, sorted(events))
	}
	report, events = mustScan(t, single, head+a+"1,a\"b,1,1,2025-01-01,x\n"+b)
	if report.Refused != 1 || report.Used != 2 || len(events) != 2 {
		t.Errorf("a quote within a line that is its own document: %v, %v", sorted(events), report.Reasons)
	}
}
