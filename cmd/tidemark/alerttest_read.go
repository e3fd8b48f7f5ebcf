package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"tidemark/schemas"
)

// seriesRow is one point of a file, with its time as it was written.
type seriesRow struct {
	text  string
	at    schemas.Millis
	value float64
}

// seriesFile is what a file holds.
type seriesFile struct {
	rows                    []seriesRow
	timeColumn, valueColumn string // names, or numbers from 1 where the file has no header
	empty                   int    // lines without a value: gaps
	backwards               int    // points that are not later than the one before
}

// mostErrors is how many bad lines are named.
const mostErrors = 5

// mostValue is the largest number that is judged: sums of larger ones would be infinite.
const mostValue = 1e200

func readSeries(path, timestamp, value string, zone *time.Location) (seriesFile, error) {
	var in io.Reader = os.Stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return seriesFile{}, usagef("--series: %w", err)
		}
		defer f.Close()
		in = f
	}
	s, err := parseSeries(in, timestamp, value, zone)
	if err != nil {
		return s, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// parseSeries reads a CSV file: separated by comma, semicolon or tab, with or without a header.
func parseSeries(in io.Reader, timestamp, value string, zone *time.Location) (s seriesFile, err error) {
	buffered := bufio.NewReader(in)
	start, _ := buffered.Peek(4096)
	r := csv.NewReader(buffered)
	r.Comma, r.FieldsPerRecord, r.TrimLeadingSpace = separator(start), -1, true
	var columns *columns
	var errs []error
	for len(errs) < mostErrors {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return s, err // names the line
		}
		if columns == nil {
			fields[0] = strings.TrimPrefix(fields[0], "\ufeff")
			var header bool
			if columns, header, err = findColumns(fields, timestamp, value, zone); err != nil {
				return s, err
			}
			s.timeColumn, s.valueColumn = columns.names(fields, header)
			if header {
				continue
			}
		}
		if err := s.add(fields, columns, zone); err != nil {
			line, _ := r.FieldPos(0)
			errs = append(errs, fmt.Errorf("line %d: %w", line, err))
		}
	}
	if len(errs) == 0 && len(s.rows) == 0 {
		errs = append(errs, errors.New("no points in it; each line needs a time and a number"))
	}
	return s, errors.Join(errs...)
}

// add takes one line. A line without a value is a gap.
func (s *seriesFile) add(fields []string, c *columns, zone *time.Location) error {
	if max(c.time, c.value) >= len(fields) {
		return fmt.Errorf("%d columns, but the value is in column %d and the time in column %d", len(fields), c.value+1, c.time+1)
	}
	text, number := strings.TrimSpace(fields[c.time]), strings.TrimSpace(fields[c.value])
	at, err := parseTime(text, zone)
	if err != nil {
		return err
	}
	if slices.Contains([]string{"", "nan", "null", "na", "none", "-"}, strings.ToLower(number)) {
		s.empty++
		return nil
	}
	v, err := strconv.ParseFloat(number, 64)
	if math.Abs(v) > mostValue {
		return fmt.Errorf("%q is too large; numbers up to %g can be judged", number, float64(mostValue))
	}
	if err != nil {
		return fmt.Errorf("%q is not a number; write it like 1234.5, and leave it empty for a gap", number)
	}
	if n := len(s.rows); n > 0 && at <= s.rows[n-1].at {
		s.backwards++
	}
	s.rows = append(s.rows, seriesRow{text, at, v})
	return nil
}

// separator is the one that the first line has most of.
func separator(start []byte) rune {
	first, _, _ := bytes.Cut(start, []byte("\n"))
	best, most := ',', 0
	for _, r := range ",;\t" {
		if n := bytes.Count(first, []byte(string(r))); n > most {
			best, most = r, n
		}
	}
	return best
}
