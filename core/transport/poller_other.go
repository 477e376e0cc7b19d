//go:build !linux

package transport

import (
	"errors"
	"syscall"

	"github.com/moonroute/moonroute/core/flow"
)

// poller is not made here: each connection is read by a goroutine of its own.
type poller struct{}

func newPoller() (*poller, error) { return nil, errors.ErrUnsupported }

func (*poller) wait(func(uintptr) bool) error          { return errors.ErrUnsupported }
func (*poller) look(func(uintptr) bool) error          { return errors.ErrUnsupported }
func (*poller) close()                                 {}
func (*poller) add(syscall.RawConn, flow.ConnID) error { return errors.ErrUnsupported }
func (*poller) remove(syscall.RawConn) error           { return errors.ErrUnsupported }
func (*poller) take(uintptr) int                       { return 0 }
func (*poller) event(int) (id flow.ConnID, _ bool)     { return 0, false }
