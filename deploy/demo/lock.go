package demo

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lock claims the folder for this process, so that a second demo is told at once. The claim ends with the process, however
// it ends.
func lock(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("the data folder cannot be made: %w: choose another --data", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("the data folder cannot be written: %w: choose another --data", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s is in use by another demo: stop that one, or choose another --data", dir)
	}
	return func() { f.Close() }, nil
}
