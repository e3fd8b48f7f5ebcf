package archive

import (
	"context"
	"errors"
)

// Store holds objects under names with slashes. What is put is there whole or not at all. Its errors answer
// sinks.Permanent.
type Store interface {
	// Put stores an object under its name, in place of one that may be there.
	Put(ctx context.Context, name string, data []byte) error
	// Get returns an object; ErrAbsent where there is none.
	Get(ctx context.Context, name string) ([]byte, error)
	// Has says whether there is an object of that name.
	Has(ctx context.Context, name string) (bool, error)
	// List calls yield with each object whose name begins with prefix, which is empty or ends with a slash, in the order of
	// their names, until yield returns an error.
	List(ctx context.Context, prefix string, yield func(name string, size int64) error) error
	// String says where the store is, without secrets.
	String() string
}

// ErrAbsent says that a store has no object of that name.
var ErrAbsent = errors.New("no such object")
