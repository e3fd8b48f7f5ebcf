//go:build !linux

package child

import "syscall"

// attributes cannot tie a child's life to ours here; a killed test run leaves its children behind.
func attributes() *syscall.SysProcAttr { return nil }
