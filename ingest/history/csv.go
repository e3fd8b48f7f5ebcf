package history

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// csvTable reads CSV with a header.
type csvTable struct {
	r     *csv.Reader
	names []string
	room  *limited
	skip  int64 // lines before the header
}

func newCSV(text *bufio.Reader, m *Mapping) (*csvTable, error) {
	decoded, err := decode(text, m.Encoding)
	if err != nil {
		return nil, err
	}
	for range m.CSV.Skip {
		if err := skipLine(decoded); err != nil {
			return nil, fmt.Errorf("no header line after the %d that csv.skip leaves out: %w", m.CSV.Skip, err)
		}
	}
	start, _ := decoded.Peek(4096)
	t := &csvTable{room: &limited{r: decoded}, names: m.CSV.Header, skip: int64(m.CSV.Skip)}
	t.r = csv.NewReader(t.room)
	t.r.LazyQuotes = m.CSV.LazyQuotes
	t.r.Comma = []rune(cmp.Or(m.CSV.Delimiter, delimiter(start)))[0]
	if t.names == nil {
		t.room.left = maxLine
		if t.names, err = t.r.Read(); err != nil {
			return nil, fmt.Errorf("no header line can be read: %w", err)
		}
	} else {
		t.r.FieldsPerRecord = len(t.names)
	}
	seen := map[string]bool{}
	for i, name := range t.names {
		t.names[i] = strings.TrimSpace(name)
		if seen[t.names[i]] && t.names[i] != "" {
			return nil, fmt.Errorf("the header names the column %q twice; rename one", t.names[i])
		}
		seen[t.names[i]] = true
	}
	return t, nil
}

// skipLine reads to the end of a line that is not too long.
func skipLine(r *bufio.Reader) error {
	for range maxLine {
		b, err := r.ReadByte()
		if err != nil || b == '\n' {
			return err
		}
	}
	return errLongLine
}

func (t *csvTable) columns() []string { return t.names }

func (t *csvTable) dropped() []string { return nil }

func (t *csvTable) next() (row, error) {
	t.room.left = maxLine
	from := t.r.InputOffset()
	t.room.keep = from
	cells, err := t.r.Read()
	out := row{cells: cells}
	if len(cells) > 0 {
		line, _ := t.r.FieldPos(0)
		out.line = t.skip + int64(line)
	}
	var bad *csv.ParseError
	switch {
	case errors.Is(err, errLongLine):
		return out, err
	case errors.As(err, &bad):
		out.line = t.skip + int64(bad.StartLine)
		out.text = t.room.text(from, t.r.InputOffset())
		return out, t.unreadable(cells, bad)
	case err != nil:
		return out, err
	case t.r.LazyQuotes && slices.ContainsFunc(cells, multiline):
		return out, errLazyLines
	}
	for _, cell := range cells {
		if !utf8.ValidString(cell) {
			return out, &badRow{reason: "not UTF-8 (set encoding, for example gb18030 or windows-1252)"}
		}
	}
	return out, nil
}

// unreadable is a badRow only where it is certain that the row is one line: a quote in the wrong place can take in lines
// that follow, which would then be neither read nor refused.
func (t *csvTable) unreadable(cells []string, bad *csv.ParseError) error {
	if !errors.Is(bad.Err, csv.ErrFieldCount) {
		if bad.Line > bad.StartLine {
			return errOpenQuote
		}
		return &badRow{reason: "quotes that do not fit (csv: {lazy_quotes: true} takes quotes within fields)", unknown: true}
	}
	if slices.ContainsFunc(cells, multiline) {
		return errShiftLines
	}
	return &badRow{reason: "another number of columns than the header has", extra: len(cells) - len(t.names)}
}

func multiline(cell string) bool { return strings.Contains(cell, "\n") }

// delimiter is the one that the first line has most of.
func delimiter(start []byte) string {
	first, _, _ := bytes.Cut(start, []byte("\n"))
	best, most := ",", 0
	for _, d := range []string{",", ";", "\t", "|"} {
		if n := bytes.Count(first, []byte(d)); n > most {
			best, most = d, n
		}
	}
	return best
}

// encodingOf finds an encoding by its name; nil for UTF-8.
func encodingOf(name string) (encoding.Encoding, error) {
	switch strings.ToLower(name) {
	case "", "utf-8", "utf8":
		return nil, nil
	case "gb18030", "gbk", "gb2312": // the first holds the others
		return simplifiedchinese.GB18030, nil
	case "latin1", "iso-8859-1":
		return charmap.ISO8859_1, nil
	case "windows-1252":
		return charmap.Windows1252, nil
	case "utf-16":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), nil
	}
	return nil, fmt.Errorf("encoding %q is not known; there are utf-8, gb18030, latin1, windows-1252, utf-16", name)
}

// decode makes UTF-8 of a text and takes its byte-order mark away.
func decode(r *bufio.Reader, name string) (*bufio.Reader, error) {
	enc, err := encodingOf(name)
	if err != nil {
		return nil, err
	}
	if enc != nil {
		r = bufio.NewReaderSize(enc.NewDecoder().Reader(r), 64<<10)
	}
	if start, _ := r.Peek(len(bom)); bytes.Equal(start, bom) {
		if _, err := r.Discard(len(bom)); err != nil {
			return nil, err
		}
	}
	return r, nil
}
