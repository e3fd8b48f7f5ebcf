//go:build unix

package chdb

import "github.com/ebitengine/purego"

// openLibrary loads the file and returns a function that finds a symbol's address in it.
func openLibrary(path string) (func(name string) (uintptr, error), error) {
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, err
	}
	return func(name string) (uintptr, error) { return purego.Dlsym(handle, name) }, nil
}
