//go:build !linux

package transport

import "errors"

// canShare is false where sockets on one address do not spread the load.
const canShare = false

func setReusePort(uintptr) error { return errors.ErrUnsupported }

func setFreeBind(uintptr, bool) error { return nil }
