package schemas

// arena holds what the rows of one block point to, in few large pieces: one allocation per piece instead of one per
// string. Nothing in it is ever written twice, so its strings and slices stay valid after it is dropped.
type arena struct {
	chars chunk[byte]
	texts chunk[string]
	ints  chunk[int64]
	bytes int64 // handed out so far, for the estimate of memory
}

// clone copies a string into the arena.
func (a *arena) clone(s string) string {
	if s == "" {
		return ""
	}
	room := a.chars.take(len(s))
	copy(room, s)
	a.bytes += int64(len(s))
	return text(room)
}

// cloneList copies a list of strings.
func (a *arena) cloneList(list []string) []string {
	room := a.newTexts(len(list))
	for i, s := range list {
		room[i] = a.clone(s)
	}
	return room
}

func (a *arena) newTexts(n int) []string {
	a.bytes += 16 * int64(n)
	return a.texts.take(n)
}

func (a *arena) newInts(n int) []int64 {
	a.bytes += 8 * int64(n)
	return a.ints.take(n)
}

// chunk cuts slices from pieces that grow from minPiece to maxPiece elements.
type chunk[T any] struct {
	free  []T
	piece int
}

const (
	minPiece = 1 << 10
	maxPiece = 1 << 18
)

// take returns n zero values that nobody else has; nil for none.
func (c *chunk[T]) take(n int) []T {
	if n == 0 {
		return nil
	}
	if n > len(c.free) {
		c.piece = min(max(2*c.piece, minPiece), maxPiece)
		c.free = make([]T, max(n, c.piece))
	}
	cut := c.free[:n:n]
	c.free = c.free[n:]
	return cut
}
