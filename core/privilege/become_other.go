//go:build !linux

package privilege

// Become makes every thread of this process the user's.
func (User) Become() error { return ErrUnsupported }

// Settle ends what Become allows for the start.
func Settle() error { return nil }
