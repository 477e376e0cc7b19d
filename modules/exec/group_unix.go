//go:build unix

package exec

import (
	"os/exec"
	"syscall"
)

// ownGroup puts the child at the head of a process group, so that at its limit the
// commands that the shell started end with it.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
