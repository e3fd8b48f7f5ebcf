package archive

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"tidemark/schemas"
	"tidemark/sinks"
)

// parallel is how many spans of one call are written at the same time.
const parallel = 4

// Sink writes spans to a store. It implements processors.Sink and is safe for concurrent use.
type Sink struct {
	store    Store
	counts   *counts
	encoders sync.Pool // of map[table name]*encoder; an encoder serves one goroutine at a time
}

// NewSink writes to a store; a registry takes the metrics of one Sink, nil exports none.
func NewSink(s Store, reg prometheus.Registerer) *Sink {
	return &Sink{store: s, counts: newCounts(reg), encoders: sync.Pool{New: func() any { return map[string]*encoder{} }}}
}

// Insert stores every closed span that is not there yet and returns when all are safe. Open spans only tell how long
// their events have waited. Where a group stands is in the manifests, so blocks of the table watermarks are passed over.
func (s *Sink) Insert(ctx context.Context, blocks []schemas.Block) error {
	s.counts.waiting(blocks)
	errs := make([]error, len(blocks))
	var eg errgroup.Group
	eg.SetLimit(parallel)
	for i := range blocks {
		b := &blocks[i]
		switch {
		case b.Span == nil && b.Table != nil && b.Table.Name == "watermarks":
		case b.Span == nil:
			errs[i] = sinks.Refused("archive", errors.New("a block without a span: the archive takes the work of ArchiveWork only"))
		case b.Span.Next > 0:
			eg.Go(func() error {
				errs[i] = s.keep(ctx, b)
				return nil
			})
		}
	}
	_ = eg.Wait() // always nil: the errors are in errs
	return errors.Join(errs...)
}

// keep writes one span: files first, manifest last. A manifest that is there means that all of it is.
func (s *Sink) keep(ctx context.Context, b *schemas.Block) error {
	name := manifestName(b.Span)
	known, err := s.store.Has(ctx, name)
	if err != nil || known {
		return s.counts.done(0, 0, known, err)
	}
	m := &manifest{Format: format, Span: *b.Span, Files: []fileEntry{}}
	if b.Rows > 0 {
		if m.Files, err = s.files(ctx, b); err != nil {
			return s.counts.done(0, 0, false, err)
		}
	}
	text, err := m.encode()
	if err != nil {
		return s.counts.done(0, 0, false, sinks.Refused("archive: manifest "+name, err))
	}
	var bytes int64
	for _, f := range m.Files {
		bytes += f.Bytes
	}
	return s.counts.done(len(m.Files), bytes, false, s.store.Put(ctx, name, text))
}

// files writes the rows of a span, one file per shop and day.
func (s *Sink) files(ctx context.Context, b *schemas.Block) ([]fileEntry, error) {
	if err := sinks.Validate(*b); err != nil {
		return nil, err
	}
	encoders := s.encoders.Get().(map[string]*encoder)
	defer s.encoders.Put(encoders)
	e := encoders[b.Table.Name]
	if e == nil {
		var err error
		if e, err = newEncoder(b.Table); err != nil {
			return nil, sinks.Refused("archive: table "+b.Table.Name, err)
		}
		encoders[b.Table.Name] = e
	}
	shares, err := split(b)
	if err != nil {
		return nil, sinks.Refused("archive", err)
	}
	entries := make([]fileEntry, 0, len(shares))
	for _, share := range shares {
		name := fileName(b.Span, share.shop, share.day)
		data, err := e.encode(b, share.rows)
		if err != nil {
			return nil, sinks.Refused("archive: file "+name, err)
		}
		if err := s.store.Put(ctx, name, data); err != nil {
			return nil, err
		}
		entries = append(entries, fileEntry{Name: name, Shop: share.shop, Day: share.day,
			Rows: int64(len(share.rows)), Bytes: int64(len(data)), SHA256: digest(data)})
	}
	return entries, nil
}

// Watermark returns the M of the newest span of the part, or 0 where the archive has none. All groups share it.
func (s *Sink) Watermark(ctx context.Context, _ string, part uint64) (schemas.Millis, error) {
	var newest string
	err := s.store.List(ctx, partPrefix(part), func(name string, _ int64) error {
		if _, _, ours := parseManifestName(name); ours {
			newest = max(newest, name)
		}
		return nil
	})
	if err != nil || newest == "" {
		return 0, err
	}
	data, err := s.store.Get(ctx, newest)
	if err != nil {
		return 0, err
	}
	m, err := decodeManifest(data)
	if err != nil {
		return 0, sinks.Refused("archive", fmt.Errorf("manifest %s: %w; tidemark import --archive --check names all damage", newest, err))
	}
	return m.M, nil
}
