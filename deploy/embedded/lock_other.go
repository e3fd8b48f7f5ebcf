//go:build !unix

package embedded

import "os"

// lockFile only opens the file here: the broker's fixed port keeps a second process out.
func lockFile(path string) (*os.File, error) { return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) }
