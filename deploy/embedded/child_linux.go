package embedded

import "syscall"

// childAttributes let the child die with its parent, and keep the terminal's Ctrl-C from it: the parent stops it in order.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
