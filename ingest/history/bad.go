package history

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Columns that the export of refused lines adds.
const (
	badLine   = "tidemark_line"
	badReason = "tidemark_reason"
)

// badLines writes the refused lines to a CSV file, with the columns of the input, so that it can be mended and imported
// with the same mapping. The file is made with the first line.
type badLines struct {
	path    string // empty: none is wanted
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
	out := make([]string, len(b.columns), len(b.columns)+2)
	for i := range min(len(out), len(r.cells)) {
		out[i] = harmless(r.cells[i])
	}
	return b.w.Write(append(out, strconv.FormatInt(r.line, 10), reason))
}

// create makes the file, which only its owner may read: it has what the input has, personal data included.
func (b *badLines) create() error {
	f, err := os.OpenFile(b.path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("refused lines are written to %s, which cannot be made (%w): name another file with --bad FILE, or give --bad none", b.path, err)
	}
	b.file, b.w = f, csv.NewWriter(f)
	return b.w.Write(append(append([]string{}, b.columns...), badLine, badReason))
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

// harmless marks with an apostrophe what a spreadsheet would take for a formula; numbers stay as they are.
func harmless(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return cell
	}
	if cell[0] == '-' || cell[0] == '+' {
		if _, err := strconv.ParseFloat(strings.ReplaceAll(cell, ",", "."), 64); err == nil {
			return cell
		}
	}
	return "'" + cell
}
