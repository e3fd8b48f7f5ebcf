package history

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Formats of files.
const (
	FormatAuto    = "auto"
	FormatCSV     = "csv"
	FormatNDJSON  = "ndjson"
	FormatParquet = "parquet"
)

// Stdin is the name of standard input.
const Stdin = "-"

// Input is an open file and its mapping.
type Input struct {
	name    string
	mapping *Mapping
	table   table
	size    int64 // of the file; 0 where unknown
	read    atomic.Int64
	closers []io.Closer
}

// Open opens the file name, or stdin for Stdin, and reads as much of it as it takes to know its columns. Gzip and
// zstandard are undone, and auto tells the format by the content.
func Open(name, format string, m *Mapping, stdin io.Reader) (*Input, error) {
	in := &Input{name: name, mapping: m}
	if err := in.open(format, stdin); err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return in, nil
}

// Family is the family that the mapping is for.
func (in *Input) Family() string { return in.mapping.Family }

// Close closes the file.
func (in *Input) Close() error {
	var errs []error
	for _, c := range in.closers {
		errs = append(errs, c.Close())
	}
	in.closers = nil
	return errors.Join(errs...)
}

func (in *Input) open(format string, stdin io.Reader) error {
	wanted, err := in.mapping.wanted()
	if err != nil {
		return err
	}
	var raw io.Reader = stdin
	if in.name != Stdin {
		f, err := os.Open(in.name)
		if err != nil {
			return fmt.Errorf("input: %w", err)
		}
		in.closers = append(in.closers, f)
		info, err := f.Stat()
		if err != nil || info.IsDir() {
			return fmt.Errorf("input %s: not a file: %w", in.name, errors.Join(err, fs.ErrInvalid))
		}
		in.size, raw = info.Size(), f
	}
	text := bufio.NewReaderSize(&counter{raw, &in.read}, 64<<10)
	if text, err = in.unpack(text); err != nil {
		return fmt.Errorf("input %s: %w", in.name, err)
	}
	if format == FormatAuto {
		format = guess(text)
	}
	if in.table, err = in.tableOf(format, raw, text, wanted); err != nil {
		return fmt.Errorf("input %s: %w", in.name, err)
	}
	return nil
}

// tableOf begins to read the file. A file of refused lines is CSV, whatever the format is said to be.
func (in *Input) tableOf(format string, raw io.Reader, text *bufio.Reader, wanted []string) (table, error) {
	switch {
	case isBad(text):
		return newMended(text)
	case format == FormatParquet:
		if in.name == Stdin {
			return nil, errors.New("no Parquet from standard input, since it is read from both ends; name the file")
		}
		return newParquet(raw, wanted, &in.read)
	case format == FormatNDJSON:
		return newNDJSON(text, wanted, in.mapping.Encoding)
	}
	t, err := newCSV(text, in.mapping)
	if err == nil {
		err = checkNotBad(t.names)
	}
	return t, err
}

// unpack undoes gzip or zstandard, told by the first bytes.
func (in *Input) unpack(r *bufio.Reader) (*bufio.Reader, error) {
	start, _ := r.Peek(4) // what is shorter is not packed
	switch {
	case bytes.HasPrefix(start, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("damaged gzip: %w", err)
		}
		in.closers = append(in.closers, z)
		return bufio.NewReaderSize(z, 64<<10), nil
	case bytes.Equal(start, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
		if err != nil {
			return nil, fmt.Errorf("damaged zstandard: %w", err)
		}
		in.closers = append(in.closers, z.IOReadCloser())
		return bufio.NewReaderSize(z, 64<<10), nil
	}
	return r, nil
}

// guess tells the format by the first bytes.
func guess(r *bufio.Reader) string {
	start, _ := r.Peek(512)
	if bytes.HasPrefix(start, []byte("PAR1")) {
		return FormatParquet
	}
	if bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(start, bom)), []byte("{")) {
		return FormatNDJSON
	}
	return FormatCSV
}

var bom = []byte("\xef\xbb\xbf")

// counter counts what is read.
type counter struct {
	r io.Reader
	n *atomic.Int64
}

// Read implements io.Reader.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}
