package history

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/simplifiedchinese"
)

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
