package luatest

import (
	"errors"
	"fmt"
)

// failure is an expectation that was not met.
type failure struct {
	text   string // one line
	detail string // a comparison or a list, of several lines; may be empty
	where  string // file:line of the test
}

// Error is the failure as a text.
func (f *failure) Error() string {
	if f.detail == "" {
		return f.text
	}
	return f.text + "\n" + f.detail
}

func failf(format string, args ...any) error { return &failure{text: fmt.Sprintf(format, args...)} }

// errOver says that a server sends while it is being stopped.
var errOver = errors.New("luatest: the test is over")

// errTooLong ends a case that has used up its time.
var errTooLong = errors.New("luatest: the case takes too long")
