package schemas

import (
	"reflect"
	"unsafe"
)

// This file is the only one that goes around Go's type system. What makes it sound:
//   - an offset always comes from the layout of the very type that base points to, and T is the type that the layout's
//     kind stands for;
//   - pointers stay unsafe.Pointer throughout, so the garbage collector sees them, and stores through a typed pointer
//     run its write barrier;
//   - text lends bytes to a string: nobody may change them while the string lives. Decoder.Decode passes that duty on
//     to its caller; the arena of Rows never writes a byte twice.

// baseOf is the address of a struct, for at.
func baseOf[E any](e *E) unsafe.Pointer { return unsafe.Pointer(e) }

// at is the field at an offset.
func at[T any](base unsafe.Pointer, off uintptr) *T { return (*T)(unsafe.Add(base, off)) }

// text is a string over b, not a copy of it.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// bytesOf is the inverse of text; the bytes must not be written.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// slice is how Go lays out a slice of any type.
type slice struct {
	data     unsafe.Pointer
	len, cap int
}

// element is the address of the i-th struct of a slice of structs with this layout.
func (l *layout) element(s *slice, i int) unsafe.Pointer {
	return unsafe.Add(s.data, uintptr(i)*l.typ.Size())
}

// extend adds a zero struct to a slice of structs with this layout and returns its address.
func (l *layout) extend(s *slice) unsafe.Pointer {
	if s.len == s.cap {
		reflect.NewAt(reflect.SliceOf(l.typ), unsafe.Pointer(s)).Elem().Grow(1)
	}
	s.len++
	p := l.element(s, s.len-1)
	reflect.NewAt(l.typ, p).Elem().SetZero()
	return p
}

// reset zeroes a struct; its slices become empty but keep their memory for the next event.
func reset[E any](l *layout, e *E) {
	base := baseOf(e)
	var kept [maxSlices]slice
	for i, off := range l.slices {
		kept[i] = *at[slice](base, off)
	}
	var zero E
	*e = zero
	for i, off := range l.slices {
		*at[slice](base, off) = slice{data: kept[i].data, cap: kept[i].cap}
	}
}

// retype views integers as another type of integer with the same layout, such as Money.
func retype[T ~int64](s []int64) []T {
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(s))), len(s))
}

// retypeLists is retype for a slice of slices.
func retypeLists[T ~int64](s [][]int64) [][]T {
	return unsafe.Slice((*[]T)(unsafe.Pointer(unsafe.SliceData(s))), len(s))
}
