package archive

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tidemark/schemas"
	"tidemark/sinks"
)

// Part is one partition's log in an archive.
type Part struct {
	store Store
	Part  uint64
	refs  []ref
}

// Len is the number of spans.
func (p *Part) Len() int { return len(p.refs) }

// Firsts lists the offsets at which the spans begin.
func (p *Part) Firsts() []uint64 {
	out := make([]uint64, len(p.refs))
	for i, r := range p.refs {
		out[i] = uint64(r.first)
	}
	return out
}

// Span is one stretch of the log in an archive, open for reading.
type Span struct {
	schemas.Span
	store Store
	files []fileEntry
	from  int64 // offsets before it were in the spans before
}

// Bytes is the size of the span's files.
func (s *Span) Bytes() (n int64) {
	for _, f := range s.files {
		n += f.Bytes
	}
	return n
}

// Files is the number of the span's files.
func (s *Span) Files() int { return len(s.files) }

// Spans calls yield with each span in the order of the log, and problem with what is missing or damaged; it ends with the
// first error of the store or of yield. Spans that overlap, as after a change of the cuts, give each record once.
func (p *Part) Spans(ctx context.Context, problem func(Problem), yield func(*Span) error) error {
	if len(p.refs) == 0 {
		return nil
	}
	high := p.refs[0].first
	for _, r := range p.refs {
		if r.next <= high {
			continue
		}
		if r.first > high {
			problem(Problem{fmt.Sprintf("part %016x, offsets %d to %d", p.Part, high, r.first-1), "missing: no manifest covers them"})
		}
		s, err := p.open(ctx, r)
		var damage Problem
		switch {
		case errors.As(err, &damage):
			problem(damage)
		case err != nil:
			return err
		default:
			s.from = max(high, r.first)
			if err := yield(s); err != nil {
				return err
			}
		}
		high = r.next
	}
	return nil
}

// open reads a manifest. Its error is a Problem if the manifest is at fault.
func (p *Part) open(ctx context.Context, r ref) (*Span, error) {
	data, err := p.store.Get(ctx, r.name)
	if errors.Is(err, ErrAbsent) {
		return nil, Problem{r.name, "missing"}
	}
	if err != nil {
		return nil, err
	}
	m, err := decodeManifest(data)
	if err != nil {
		return nil, Problem{r.name, err.Error()}
	}
	if m.Part != p.Part || m.First != r.first || m.Next != r.next {
		return nil, Problem{r.name, "damaged: it is another span's manifest"}
	}
	return &Span{Span: m.Span, store: p.store, files: m.Files}, nil
}

// Days are the event times that the span's files can hold, from the first instant to the one behind the last; false where
// there are none.
func (s *Span) Days() (from, to time.Time, ok bool) {
	for _, f := range s.files {
		day, err := time.Parse(time.DateOnly, f.Day)
		if err != nil {
			continue // the file's name is not ours; its rows are still read
		}
		if !ok || day.Before(from) {
			from = day
		}
		if end := day.AddDate(0, 0, 1); !ok || end.After(to) {
			to = end
		}
		ok = true
	}
	return from, to, ok
}

// Blocks reads the span's rows that the filter takes, file by file, each checked against the manifest first, and calls
// problem with each file that is missing or damaged. A record that an earlier span held is left out.
func (s *Span) Blocks(ctx context.Context, f Filter, problem func(Problem), yield func(schemas.Block) error) error {
	if !f.Family(s.Family) {
		return nil
	}
	table, err := tableOf(s.Family)
	if err != nil {
		return err
	}
	for _, e := range s.files {
		if !f.takes(e) {
			continue
		}
		err := s.file(ctx, table, e, f, yield)
		var damage Problem
		if errors.As(err, &damage) {
			problem(damage)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// failure keeps an error of yield apart from those of the file.
type failure struct{ error }

func (s *Span) file(ctx context.Context, t *schemas.Table, e fileEntry, f Filter, yield func(schemas.Block) error) error {
	data, err := s.store.Get(ctx, e.Name)
	switch {
	case errors.Is(err, ErrAbsent):
		return Problem{e.Name, "missing"}
	case err != nil:
		return err
	case int64(len(data)) != e.Bytes || digest(data) != e.SHA256:
		return Problem{e.Name, fmt.Sprintf("damaged: %d bytes with another checksum than the %d of its manifest", len(data), e.Bytes)}
	}
	var rows int64
	err = decode(ctx, t, data, func(b schemas.Block) error {
		rows += int64(b.Rows)
		part, err := pick(b, s.Span.Part, s.from, f)
		if err != nil {
			return err
		}
		if part.Rows == 0 {
			return nil
		}
		if err := yield(part); err != nil {
			return failure{err}
		}
		return nil
	})
	var theirs failure
	switch {
	case errors.As(err, &theirs):
		return theirs.error
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		// The bytes are those that were written, so no other copy would read better.
		return sinks.Refused("archive: file "+e.Name, err)
	case rows != e.Rows:
		return Problem{e.Name, fmt.Sprintf("holds %d rows where its manifest has %d", rows, e.Rows)}
	}
	return nil
}
