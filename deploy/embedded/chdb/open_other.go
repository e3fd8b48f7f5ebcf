//go:build !unix

package chdb

import "errors"

func openLibrary(string) (func(name string) (uintptr, error), error) {
	return nil, errors.ErrUnsupported
}
