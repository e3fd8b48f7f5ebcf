package archive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tidemark/schemas"
	"tidemark/sinks"
)

// Archive reads what a Sink has written.
type Archive struct{ store Store }

// New reads a store.
func New(s Store) *Archive { return &Archive{store: s} }

// String says where the archive is.
func (a *Archive) String() string { return a.store.String() }

// Problem is one thing that is wrong with an archive.
type Problem struct {
	Name string // of the object, or what offsets are missing
	What string
}

// Error makes one line.
func (p Problem) Error() string { return p.Name + ": " + p.What }

// ref is a span as its manifest's name tells it.
type ref struct {
	name        string
	first, next int64
}

// Parts lists the parts that the archive holds, in the order of their numbers, each with its spans by offset.
func (a *Archive) Parts(ctx context.Context) ([]*Part, error) {
	var parts []*Part
	byPart := map[uint64]*Part{}
	err := a.store.List(ctx, spansPrefix, func(name string, _ int64) error {
		part, r, ok := parseManifestName(name)
		if !ok {
			return nil // nothing of ours
		}
		p := byPart[part]
		if p == nil {
			p = &Part{store: a.store, Part: part}
			byPart[part] = p
			parts = append(parts, p)
		}
		p.refs = append(p.refs, r)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		slices.SortFunc(p.refs, func(a, b ref) int { return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.next, b.next)) })
	}
	slices.SortFunc(parts, func(a, b *Part) int { return cmp.Compare(a.Part, b.Part) })
	return parts, nil
}

func parseManifestName(name string) (part uint64, r ref, ok bool) {
	rest, ok1 := strings.CutPrefix(name, spansPrefix)
	folder, file, ok2 := strings.Cut(rest, "/")
	ends, ok3 := strings.CutSuffix(file, ".json")
	part, r, ok = parseEnds(folder + "-" + ends)
	r.name = name
	return part, r, ok1 && ok2 && ok3 && ok
}

// parseEnds reads <part>-<first>-<next>.
func parseEnds(s string) (part uint64, r ref, ok bool) {
	f := strings.Split(s, "-")
	if len(f) != 3 || len(f[0]) != 16 {
		return 0, r, false
	}
	var errs [3]error
	part, errs[0] = strconv.ParseUint(f[0], 16, 64)
	r.first, errs[1] = strconv.ParseInt(f[1], 10, 64)
	r.next, errs[2] = strconv.ParseInt(f[2], 10, 64)
	return part, r, errors.Join(errs[:]...) == nil
}

// Orphans lists data files that no manifest vouches for: those of a span that a worker was writing when it died, which
// the next one writes again, or of one whose manifest was removed. Parts must be all parts of the archive.
func (a *Archive) Orphans(ctx context.Context, parts []*Part) (names []string, err error) {
	type key struct {
		part        uint64
		first, next int64
	}
	known := map[key]bool{}
	for _, p := range parts {
		for _, r := range p.refs {
			known[key{p.Part, r.first, r.next}] = true
		}
	}
	err = a.store.List(ctx, "", func(name string, _ int64) error {
		if !strings.HasPrefix(name, "family=") {
			return nil
		}
		ends := strings.TrimSuffix(name[strings.LastIndexByte(name, '/')+1:], ".parquet")
		part, r, ok := parseEnds(ends)
		if !ok || !known[key{part, r.first, r.next}] {
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

// Filter picks what is read: the zero value is everything.
type Filter struct {
	Families, Shops []string
	From, To        schemas.Millis // event time: from From on, before To; 0 for no limit
}

// All says whether nothing is left out.
func (f Filter) All() bool {
	return len(f.Families) == 0 && len(f.Shops) == 0 && f.From == 0 && f.To == 0
}

// Family says whether events of a family are asked for.
func (f Filter) Family(name string) bool {
	return len(f.Families) == 0 || slices.Contains(f.Families, name)
}

// takes says whether a file may hold what is asked for.
func (f Filter) takes(e fileEntry) bool {
	return (len(f.Shops) == 0 || slices.Contains(f.Shops, e.Shop)) &&
		(f.From == 0 || e.Day >= dayOf(f.From, f.From)) && (f.To == 0 || e.Day <= dayOf(f.To-1, f.To-1))
}

// tableOf is the raw table of a family.
func tableOf(family string) (*schemas.Table, error) {
	for i, name := range schemas.FamilyNames() {
		if name == family {
			return schemas.RawTables()[i], nil
		}
	}
	return nil, sinks.Refused("archive", fmt.Errorf("no family is named %q", family))
}
