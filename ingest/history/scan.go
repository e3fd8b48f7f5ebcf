package history

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"tidemark/schemas"
)

// ScanConfig is what Scan needs besides the file.
type ScanConfig struct {
	Shop     *schemas.Shop
	Now      time.Time // when the events arrive: received_at, from which retention counts
	Bad      string    // file for the refused lines; empty for none
	DryRun   bool      // for the report
	Progress *Progress // may be nil
}

// Progress is how far an import is; any goroutine may read it.
type Progress struct {
	Lines, Events, Written, There atomic.Int64
	Waiting                       atomic.Int64 // records that have yet to be landed
	input                         *Input
}

// Bytes is how much of the file has been read, and its size, 0 where that is unknown.
func (p *Progress) Bytes() (read, size int64) {
	if p.input == nil {
		return 0, 0
	}
	return p.input.read.Load(), p.input.size
}

// maxDocument is how many bytes the cells of one document may have; it only bounds memory.
const maxDocument = 16 << 20

// scanner turns lines into events.
type scanner struct {
	*plan
	cfg    ScanConfig
	in     *Input
	make   maker
	docs   *documents
	ids    idSet // of lines, where each is its own document
	bad    badLines
	report *Report
	emit   func(Event) error
}

// Prepare ties file, mapping and shop together, and says what does not fit.
func (in *Input) Prepare(shop *schemas.Shop) error {
	_, err := newPlan(in, shop, time.Now())
	return err
}

// Scan reads the file to its end and hands each event to emit, in the order in which documents end. The report accounts
// for every line that was read, also where Scan ends with an error: of emit, of ctx, or of a file that is damaged from some
// place on.
func Scan(ctx context.Context, in *Input, cfg ScanConfig, emit func(Event) error) (*Report, error) {
	p, err := newPlan(in, cfg.Shop, cfg.Now)
	if err != nil {
		return nil, err
	}
	if cfg.Progress == nil {
		cfg.Progress = &Progress{}
	}
	cfg.Progress.input = in
	s := &scanner{plan: p, cfg: cfg, in: in, emit: emit, docs: newDocuments(p.m.Keep), report: newReport(p, in, cfg.DryRun)}
	s.bad = badLines{path: cfg.Bad, input: p.input, columns: in.table.columns()}
	if s.make, err = newMaker(p, cfg.Now); err != nil {
		return nil, err
	}
	err = s.run(ctx)
	path, closeErr := s.bad.close()
	s.report.Bad = path
	s.report.Twice, s.report.Rounded = p.clock.twice > 0, p.rounded
	s.report.Dropped = append(p.unread(in.table.columns()), in.table.dropped()...)
	return s.report, errors.Join(err, closeErr)
}

func (s *scanner) run(ctx context.Context) error {
	for ctx.Err() == nil {
		r, err := s.in.table.next()
		var bad *badRow
		switch {
		case errors.Is(err, io.EOF):
			return s.end()
		case errors.As(err, &bad):
			err = s.unread(&r, bad)
		case err != nil:
			return fmt.Errorf("input %s, after line %d: %w", s.in.name, max(r.line-1, s.report.Lines), err)
		default:
			s.count()
			err = s.line(&r)
		}
		if err == nil {
			err = s.ripe(false)
		}
		if err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

func (s *scanner) count() {
	s.report.Lines++
	s.docs.count++
	s.cfg.Progress.Lines.Add(1)
}

// end closes the documents that are still open.
func (s *scanner) end() error { return s.ripe(true) }

// line takes one line to its document.
func (s *scanner) line(r *row) error {
	l := line{row: r}
	b, err := s.choose(r)
	switch {
	case err != nil:
		l.reason = err.Error()
	case b.Ignore != "":
		s.report.Ignored++
		s.report.rule(b.Name).Lines++
		return nil
	default:
		l.rule = b
	}
	identity := s.identity(r)
	for _, part := range identity {
		if part == "" {
			return s.refuse(r, reasonNoID)
		}
	}
	if s.doc < 0 {
		return s.single(l, identity)
	}
	return s.join(identity[0], l)
}

// single makes the events of a line that is its own document.
func (s *scanner) single(l line, identity []string) error {
	if !s.ids.add(hashOf(identity)) {
		return s.refuse(l.row, "the same id as a line before")
	}
	return s.finish([]line{l}, identity)
}

// ripe makes the events of the documents that are complete.
func (s *scanner) ripe(all bool) error {
	for doc := s.docs.ripe(all); doc != nil; doc = s.docs.ripe(all) {
		if err := s.finish(doc.lines, []string{doc.name}); err != nil {
			return err
		}
	}
	return nil
}

// finish makes and emits the events of one document. Where one of its lines cannot be used none is: a part of a
// document would be a wrong amount under an id that is then taken.
func (s *scanner) finish(lines []line, identity []string) error {
	var all []made
	var rules []string
	var counts []int
	differ := map[string]bool{}
	for _, l := range lines {
		if l.reason != "" {
			return s.refuseAll(lines, &refusal{l.row, l.reason})
		}
	}
	for i := range s.rules {
		b := &s.rules[i]
		rows := rowsOf(lines, b)
		if len(rows) == 0 {
			continue
		}
		m, no := s.make(b, identity, rows)
		if no != nil {
			return s.refuseAll(lines, no)
		}
		for _, name := range m.differ {
			differ[name] = true
		}
		all, rules, counts = append(all, m), append(rules, b.Name), append(counts, len(rows))
	}
	s.report.differ(differ)
	for i := range all {
		s.report.used(rules[i], counts[i], &all[i])
		for _, e := range all[i].events {
			s.cfg.Progress.Events.Add(1)
			if err := s.emit(e); err != nil {
				return err
			}
		}
	}
	return nil
}

func rowsOf(lines []line, b *boundRule) []*row {
	var rows []*row
	for _, l := range lines {
		if l.rule == b {
			rows = append(rows, l.row)
		}
	}
	return rows
}

// refuseAll refuses the lines of a document, and names the one at fault, if it is one.
func (s *scanner) refuseAll(lines []line, no *refusal) error {
	for _, l := range lines {
		if l.ghost {
			continue
		}
		reason := no.reason
		switch {
		case l.reason != "":
			reason = l.reason
		case no.row != nil && l.row != no.row:
			reason = reasonAnother
		}
		if err := s.refuse(l.row, reason); err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) refuse(r *row, reason string) error {
	s.report.Refused++
	s.report.Reasons[reason]++
	return s.bad.write(r, reason)
}
