package history

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
)

// Columns that the export of refused lines adds.
const (
	badInput  = "tidemark_input"
	badLine   = "tidemark_line"
	badReason = "tidemark_reason"
	badText   = "tidemark_text"
)

// badColumns stand behind those of the input.
func badColumns() []string { return []string{badInput, badLine, badReason, badText} }

// badLines writes the refused lines to a CSV file (commas, UTF-8, a header) whatever the input was, with the columns of the
// input, so that it can be mended and imported with the same mapping; mended reads it. The file is made with the first line.
type badLines struct {
	path    string // empty: none is wanted
	input   string // name of the input
	columns []string
	file    *os.File
	w       *csv.Writer
}

func (b *badLines) write(r *row, reason string) error {
	if b.path == "" {
		return nil
	}
	if b.w == nil {
		if err := b.create(); err != nil {
			return err
		}
	}
	out := make([]string, len(b.columns), len(b.columns)+len(badColumns()))
	for i := range min(len(out), len(r.cells)) {
		out[i] = harmless(r.cells[i])
	}
	return b.w.Write(append(out, cmp.Or(r.input, b.input), strconv.FormatInt(r.line, 10), reason, harmless(r.text)))
}

// create makes the file, which only its owner may read: it has what the input has, personal data included.
func (b *badLines) create() error {
	f, err := os.OpenFile(b.path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("refused lines are written to %s, which cannot be made (%w): name another file with --bad FILE, or give --bad none", b.path, err)
	}
	b.file, b.w = f, csv.NewWriter(f)
	return b.w.Write(slices.Concat(b.columns, badColumns()))
}

// close returns the name of the file, if there is one.
func (b *badLines) close() (string, error) {
	if b.w == nil {
		return "", nil
	}
	b.w.Flush()
	if err := errors.Join(b.w.Error(), b.file.Close()); err != nil {
		return b.path, fmt.Errorf("refused lines: %w", err)
	}
	return b.path, nil
}
