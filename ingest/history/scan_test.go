package history

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"tidemark/ingest"
)

const orders = `family: orders
source: erp
document: No
keep_open: 4
currency: EUR
numbers: [Pieces]
rules:
  - {name: refund, when: Pieces < 0, types: order_refunded, fields: {refund: {sum: price * quantity}}}
  - {name: sale, when: Pieces > 0, types: [order_placed, order_paid], fields: {total: {sum: price * quantity}}}
  - {name: gift, when: Pieces == 0, ignore: gifts}
fields: {order_id: No, occurred_at: At, buyer: Who}
items: {sku: SKU, price: Price, quantity: {column: Pieces, absolute: true}}
`

const head = "No,SKU,Pieces,Price,At,Who\n"

// scanText imports a text.
func scanText(t testing.TB, mapping, text string) (*Report, []Event, error) {
	t.Helper()
	m, err := parseMapping("m.yaml", []byte(mapping))
	if err != nil {
		t.Fatal(err)
	}
	in, err := Open(Stdin, FormatAuto, m, strings.NewReader(text))
	if err != nil {
		return nil, nil, err
	}
	var events []Event
	report, err := Scan(context.Background(), in, ScanConfig{Shop: testShop(), Now: testNow}, func(e Event) error {
		events = append(events, e)
		return nil
	})
	return report, events, err
}

func mustScan(t testing.TB, mapping, text string) (*Report, []Event) {
	t.Helper()
	report, events, err := scanText(t, mapping, text)
	if err != nil {
		t.Fatal(err)
	}
	if report.Unfinished() != 0 {
		t.Fatalf("%d of %d lines are not accounted for", report.Unfinished(), report.Lines)
	}
	return report, events
}

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

func TestMultiply(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		a, b := rapid.Int64Range(-math.MaxInt64, math.MaxInt64).Draw(r, "a"), rapid.Int64Range(-1<<53, 1<<53).Draw(r, "b")
		want := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
		got, err := multiply(a, b)
		fits := want.IsInt64() && want.Int64() != math.MinInt64
		if fits != (err == nil) || fits && got != want.Int64() {
			r.Fatalf("%d * %d = %d, %v, want %v", a, b, got, err, want)
		}
	})
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

// The same file in every package and encoding gives the same events.
func TestPackagesAndEncodings(t *testing.T) {
	text := head + "1,茶壶,2,1.5,2025-01-01,é\n"
	_, want := mustScan(t, orders, text)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte(text))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	chinese, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ mapping, text string }{
		"gzip":    {orders, zipped.String()},
		"zstd":    {orders, string(enc.EncodeAll([]byte(text), nil))},
		"mark":    {orders, "\ufeff" + text},
		"gb18030": {orders + "encoding: gb18030\n", chinese},
		"tabs":    {orders, strings.ReplaceAll(text, ",", "\t")},
		"decimal": {orders + "decimal: ','\nthousands: '.'\n", strings.Replace(strings.ReplaceAll(text, ",", ";"), "1.5", "0.001,50", 1)},
		"header":  {orders + "csv: {header: [No, SKU, Pieces, Price, At, Who]}\n", strings.TrimPrefix(text, head)},
		"json":    {orders, `{"No":1,"SKU":"茶壶","Pieces":2,"Price":1.5,"At":"2025-01-01","Who":"é"}`},
	} {
		if _, got := mustScan(t, tt.mapping, tt.text); !slices.Equal(sorted(got), sorted(want)) {
			t.Errorf("%s: %v, want %v", name, sorted(got), sorted(want))
		}
	}
	report, _ := mustScan(t, orders, chinese)
	if report.Reasons["not UTF-8 (set encoding, for example gb18030 or windows-1252)"] != 1 {
		t.Errorf("a wrong encoding: %v", report.Reasons)
	}
}

func TestInputsThatCannotBeRead(t *testing.T) {
	zipped := func() string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(head + strings.Repeat("1,a,1,1,2025-01-01,x\n", 100)))
		_ = z.Close()
		return b.String()
	}()
	for name, tt := range map[string]struct{ text, want string }{
		"empty":     {"", "no header line can be read"},
		"column":    {"No,SKU\n1,2\n", `the file has no column ["At" "Pieces" "Price" "Who"]; it has ["No" "SKU"]`},
		"twice":     {"No,No\n", `names the column "No" twice`},
		"cut short": {zipped[:len(zipped)-10], "unexpected EOF"},
		"quote":     {head + "1,\"a" + strings.Repeat("x,1\n", maxLine/3), "a quote that is never closed"},
		"stream":    {"PAR1....PAR1", "no Parquet from standard input"},
	} {
		if _, _, err := scanText(t, orders, tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
	m, err := parseMapping("m.yaml", []byte(orders))
	if err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(damaged, []byte("PAR1"+strings.Repeat("\xff", 100)+"PAR1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(damaged, FormatAuto, m, nil); err == nil {
		t.Error("a damaged Parquet file is opened")
	}
}

func TestStopped(t *testing.T) {
	m, err := parseMapping("m.yaml", []byte(orders))
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("full")
	in, err := Open(Stdin, FormatAuto, m, strings.NewReader(head+strings.Repeat("1,a,1,1,2025-01-01,x\n", 3)+strings.Repeat("2,a,1,1,2025-01-01,x\n", 9)))
	if err != nil {
		t.Fatal(err)
	}
	report, err := Scan(t.Context(), in, ScanConfig{Shop: testShop(), Now: testNow}, func(Event) error { return full })
	if !errors.Is(err, full) || report == nil || report.Unfinished() == 0 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestLocalTimes(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		format, text, want string
		twice              bool
		err                error
	}{
		{"", "2025-07-01 12:00:00", "2025-07-01T10:00:00.000Z", false, nil},
		{"", "2025-07-01T12:00:00.25+05:00", "2025-07-01T07:00:00.250Z", false, nil},
		{"", "2025-01-31", "2025-01-30T23:00:00.000Z", false, nil},
		{"", "2025-03-30 02:30:00", "", false, errNoClock},
		{"", "2025-10-26 02:30", "2025-10-26T00:30:00.000Z", true, nil}, // shown in summer time first
		{"%d.%m.%Y %H:%M %z", "26.10.2025 02:30 +0100", "2025-10-26T01:30:00.000Z", false, nil},
		{"%d %b %y %I:%M %p", "01 Feb 25 03:04 PM", "2025-02-01T14:04:00.000Z", false, nil},
		{"unix", "1735689600.5", "2025-01-01T00:00:00.500Z", false, nil},
		{"unix_ms", "1735689600500", "2025-01-01T00:00:00.500Z", false, nil},
		{"unix", "yesterday", "", false, errTime},
		{"", "31/12/2025", "", false, errTime},
	} {
		form, err := newTimeForm(tt.format)
		if err != nil {
			t.Fatal(err)
		}
		at, twice, err := form.parse(tt.text, berlin)
		if !errors.Is(err, tt.err) || err == nil && (at.String() != tt.want || twice != tt.twice) {
			t.Errorf("%q %q: %v %v %v", tt.format, tt.text, at, twice, err)
		}
	}
}

func TestHarmless(t *testing.T) {
	for in, want := range map[string]string{"=cmd()": "'=cmd()", "@x": "'@x", "-5": "-5", "-5,20": "-5,20", "+1": "+1", "-cmd": "'-cmd", "+1+cmd": "'+1+cmd", "a=b": "a=b", "": ""} {
		if got := harmless(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

// Refused lines can be mended and imported with the same mapping.
func TestRefusedLinesComeBack(t *testing.T) {
	folder := t.TempDir()
	input, mapping := filepath.Join(folder, "x.csv"), filepath.Join(folder, "m.yaml")
	for path, text := range map[string]string{input: head + "1,a,1,oops,2025-01-01,\"x,\"\"y\"\n2,a,1,1,2025-01-01,x\n", mapping: orders} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	scanFile(t, mapping, input)
	bad, err := os.ReadFile(input + ".bad.csv")
	if err != nil {
		t.Fatal(err)
	}
	report, events := mustScan(t, orders, strings.Replace(string(bad), "oops", "1", 1))
	if len(events) != 2 || !slices.Equal(report.Dropped, []string{badLine, badReason}) || !strings.Contains(string(events[0].Value), `"buyer":"x,\"y"`) {
		t.Errorf("%s\n%v", bad, sorted(events))
	}
}

func FuzzScan(f *testing.F) {
	f.Add(orders, head+"1,a,1,1,2025-01-01,x\n")
	f.Add(orders, `{"No":"1","SKU":"a","Pieces":-1,"Price":"1.5","At":"2025-01-01T00:00:00Z","Who":"j@x.example"}`)
	f.Add(minimal, "No;At\n\"1;2\n")
	f.Add(strings.Replace(orders, "document: No", "id: [$line, $input, No]", 1), head+"=,\x00,9e9,1e400,,\n")
	f.Fuzz(func(t *testing.T, mapping, text string) {
		m, err := parseMapping("m.yaml", []byte(mapping))
		if err != nil {
			return
		}
		in, err := Open(Stdin, FormatAuto, m, strings.NewReader(text))
		if err != nil {
			return
		}
		defer in.Close()
		used := 0
		report, err := Scan(t.Context(), in, ScanConfig{Shop: testShop(), Now: testNow}, func(e Event) error {
			used++
			if len(e.ID) != 32 || e.Key == "" || len(e.Value) == 0 || len(e.Value) > ingest.MaxRecord {
				t.Errorf("event %+v", e)
			}
			return nil
		})
		if err == nil && (report.Unfinished() != 0 || report.Events != int64(used)) {
			t.Errorf("%+v after %d events", report, used)
		}
	})
}
