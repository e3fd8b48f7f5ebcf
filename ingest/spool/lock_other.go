//go:build !unix

package spool

import (
	"fmt"
	"os"
	"runtime"
)

// lockFolder refuses: without flock two processes could write into each other's segments.
func lockFolder(string) (*os.File, error) {
	return nil, fmt.Errorf("there is no lock for folders on %s yet", runtime.GOOS)
}
