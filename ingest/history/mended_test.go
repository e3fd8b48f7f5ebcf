package history

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"
)

// single is a mapping of lines that are their own documents.
const single = `family: orders
source: erp
id: [No, SKU]
currency: EUR
rules: [{name: sale, types: order_paid}]
fields: {order_id: No, occurred_at: At, buyer: Who, total: Price, payment_method: SKU}
`

// writeFile writes files, of one name if need be, into folders of their own.
func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// readBad returns the file of refused lines.
func readBad(t *testing.T, input string) string {
	t.Helper()
	text, err := os.ReadFile(input + ".bad.csv")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Refuse, mend, import again with the same mapping, twice: the events and ids are those of an original that was right.
func TestMendedLinesAreAsInARightFile(t *testing.T) {
	text := head + "9,ok,1,1,2025-01-01,x\n1,=A1,1,WRONG,2025-01-01,茶\n1,'=A1,2,2.5,2025-01-01,\"a,\"\"b\"\n2,'t,1,AGAIN,2025-01-01,+x\n"
	chinese := func(s string) string {
		out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	same := func(s string) string { return s }
	json := ""
	for i, sku := range []string{"=A1", "@b", "c"} {
		json += fmt.Sprintf(`{"No":"%d","SKU":"%s","Pieces":1,"Price":"%s","At":"2025-01-01","Who":"a\\nb"}`+"\n", i/2, sku, []string{"WRONG", "3", "AGAIN"}[i])
	}
	ids := strings.Replace(single, "[No, SKU]", "[$line, $input]", 1)
	for name, tt := range map[string]struct {
		mapping, text string
		encode        func(string) string
	}{
		"comma":     {orders, text, same},
		"semicolon": {orders + "csv: {delimiter: ';'}\n", strings.ReplaceAll(text, ",", ";"), same},
		"header":    {orders + "csv: {header: [No, SKU, Pieces, Price, At, Who]}\n", strings.TrimPrefix(text, head), same},
		"gb18030":   {orders + "encoding: gb18030\n", text, chinese},
		"ndjson":    {orders, json, same},
		"line":      {ids, text, same},
		"line json": {ids, json, same},
	} {
		mend := strings.NewReplacer("WRONG", "1.5", "AGAIN", "4")
		mapping := writeFile(t, "m.yaml", tt.mapping)
		_, want := scanFile(t, mapping, writeFile(t, "x", tt.encode(mend.Replace(tt.text))))
		input := writeFile(t, "x", tt.encode(tt.text))
		report, got := scanFile(t, mapping, input)
		if report.Refused < 2 || len(got) == len(want) {
			t.Errorf("%s: %d lines are refused", name, report.Refused)
		}
		// other folders and names, as with --bad; the second time the bad lines of the bad lines
		first := writeFile(t, "mended.csv", strings.Replace(readBad(t, input), "WRONG", "1.5", 1))
		report, more := scanFile(t, mapping, first)
		if report.Refused == 0 || len(more) == 0 {
			t.Errorf("%s: %d lines refused, %d events of the first mending", name, report.Refused, len(more))
		}
		report, rest := scanFile(t, mapping, writeFile(t, "rest.csv", mend.Replace(readBad(t, first))))
		if got = slices.Concat(got, more, rest); report.Refused != 0 || !slices.Equal(sorted(got), sorted(want)) {
			t.Errorf("%s: mended\n%s\nwant\n%s\n%v", name, strings.Join(sorted(got), "\n"), strings.Join(sorted(want), "\n"), report.Reasons)
		}
	}
}

// What could not be read is kept as it stands, is not taken until it is mended, and then is what it should have been.
func TestUnreadableTextIsKept(t *testing.T) {
	mapping := writeFile(t, "m.yaml", single)
	right, _ := mustScan(t, single, head+"1,a,1,1,2025-01-01,x\n")
	for bad, text := range map[string]string{
		`{"No":"1","SKU":"a","Pri`:         `"{""No"":""1"",""SKU"":""a"",""Pri"`,
		head + "1,a,1,1,2025-01-01":        `"1,a,1,1,2025-01-01"`,
		head + "1,a\"b,1,1,2025-01-01,x\n": `"1,a""b,1,1,2025-01-01,x"`,
		head + "=1,a,1,1,2025,x,y\r\n":     `"'=1,a,1,1,2025,x,y"`,
	} {
		input := writeFile(t, "x", bad)
		report, events := scanFile(t, mapping, input)
		saved := readBad(t, input)
		if report.Refused != 1 || len(events) != 0 || !strings.HasSuffix(saved, ","+text+"\n") {
			t.Errorf("%s: %d events\n%s", bad, len(events), saved)
		}
		again := writeFile(t, "again.csv", saved)
		if report, events := scanFile(t, mapping, again); report.Refused != 1 || len(events) != 0 || readBad(t, again) == "" {
			t.Errorf("%s unmended: %v", bad, sorted(events))
		}
		names, _, _ := strings.Cut(saved, "\n")
		cells := map[string]string{"No": "1", "SKU": "a", "Pieces": "1", "Price": "1", "At": "2025-01-01", "Who": "x", badInput: "x", badLine: "2"}
		line := ""
		for _, name := range strings.Split(names, ",") {
			line += cells[name] + ","
		}
		if report, events := mustScan(t, single, names+"\n"+strings.TrimSuffix(line, ",")+"\n"); report.Used != right.Used || len(events) != 1 {
			t.Errorf("%s mended: %v", bad, report.Reasons)
		}
	}
}

// A file of refused lines that lost what ids are made of, or holds what cannot be mended there, is not taken.
func TestBadFilesThatAreNotTaken(t *testing.T) {
	marks := "," + strings.Join(badColumns(), ",") + "\n"
	names := strings.TrimSpace(head) + marks
	row := "1,a,1,1,2025-01-01,x"
	if report, events := mustScan(t, orders, names+row+",x,2,why,\n"); len(events) != 2 || report.Used != 1 {
		t.Fatalf("a right one: %v", report.Reasons)
	}
	for name, tt := range map[string]struct{ text, want string }{
		"delimiter":  {strings.ReplaceAll(names+row+",x,2,why,\n", ",", ";"), "must stay CSV with commas"},
		"column":     {strings.Replace(names, ","+badText, "", 1) + row + ",x,2,why\n", "must stay CSV with commas"},
		"line":       {names + row + ",x,,why,\n", "line 2 of the file of refused lines has no tidemark_input or no tidemark_line"},
		"cells":      {names + row + ",x,2\n", "line 2 of the file of refused lines has another number of columns than the header has: mend that line"},
		"not mended": {names + row + ",x,7,why,\"1,a,1\"\n", "line 7: not mended: give each column its cell, and empty tidemark_text"},
	} {
		if _, events, err := scanText(t, orders, tt.text); err == nil || len(events) != 0 || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %d events, %v, want %s", name, len(events), err, tt.want)
		}
	}
	report, events := mustScan(t, orders, names+row+",x,7,"+reasonLate+",\n"+row+",x,8,why,\n")
	if len(events) != 0 || report.Reasons[reasonLate] != 1 || report.Refused != 2 {
		t.Errorf("a line whose document ended before: %v, %v", sorted(events), report.Reasons)
	}
}

func TestHarmlessComesBack(t *testing.T) {
	cell := rapid.StringOf(rapid.SampledFrom([]rune("'=+-@\t\r1a,")))
	rapid.Check(t, func(r *rapid.T) {
		text := cell.Draw(r, "cell")
		if got := unmarked(harmless(text)); got != text {
			r.Fatalf("%q comes back as %q by %q", text, got, harmless(text))
		}
	})
}
