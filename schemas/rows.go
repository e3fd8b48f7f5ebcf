package schemas

// Rows collects events as columns of their raw table. One goroutine at a time may use it.
type Rows[E any] struct {
	table   Table
	names   []string
	columns []column
	perRow  int64 // bytes of a row in the columns
	arena   arena

	parts, offsets []uint64
	times          []Millis
	duplicates     []bool
}

// NewRows returns an empty builder for the raw table of a family. A field without a ch tag or of a type that a Block
// cannot carry is an error.
func NewRows[E any](f Family[E]) (*Rows[E], error) {
	l, err := layoutOf[E]()
	if err != nil {
		return nil, err
	}
	r := &Rows[E]{}
	if r.table, err = rawTable(l, f.Name, f.RawTable()); err != nil {
		return nil, err
	}
	if r.columns, err = newColumns(l); err != nil {
		return nil, err
	}
	for _, c := range r.table.Columns {
		r.names = append(r.names, c.Name)
	}
	r.perRow = 3*8 + 1 // part, offset, append time and the mark
	for i := range r.columns {
		r.perRow += r.columns[i].width()
	}
	return r, nil
}

// Append adds one event, read from the record at offset of part and appended to it at that time. It copies what it
// keeps, so e and the bytes behind its strings are free afterwards.
func (r *Rows[E]) Append(e *E, part uint64, offset int64, at Millis, duplicate bool) {
	base := baseOf(e)
	for i := range r.columns {
		r.columns[i].append(base, &r.arena)
	}
	r.parts = append(r.parts, part)
	r.offsets = append(r.offsets, uint64(offset))
	r.times = append(r.times, at)
	r.duplicates = append(r.duplicates, duplicate)
}

// Table is the raw table that the rows are for.
func (r *Rows[E]) Table() *Table { return &r.table }

// Len is the number of rows collected.
func (r *Rows[E]) Len() int { return len(r.parts) }

// Bytes estimates the memory that the rows hold.
func (r *Rows[E]) Bytes() int64 { return r.arena.bytes + r.perRow*int64(r.Len()) }

// maxRoom bounds the room made for rows to come, so that no burst leaves its memory with an idle partition.
const maxRoom = 1 << 14

// Block hands the rows over and leaves the builder empty.
func (r *Rows[E]) Block() Block {
	n := r.Len()
	room := min(n, maxRoom)
	block := Block{Table: &r.table, Names: r.names, Rows: n, Data: make([]any, 0, len(r.names))}
	for i := range r.columns {
		block.Data = append(block.Data, r.columns[i].take(room))
	}
	block.Data = append(block.Data, r.parts, r.offsets, r.times, r.duplicates)
	r.parts, r.offsets = make([]uint64, 0, room), make([]uint64, 0, room)
	r.times, r.duplicates = make([]Millis, 0, room), make([]bool, 0, room)
	r.arena = arena{}
	return block
}
