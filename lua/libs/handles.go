package libs

import (
	"errors"
	"io"
	"runtime"
	"sync"

	glua "github.com/yuin/gopher-lua"
)

// maxHandles is how many connections, cursors and files one state may have open.
const maxHandles = 64

// ErrHandles says that a script does not close what it opens.
var ErrHandles = errors.New("too many handles are open: close those that are not needed")

// ErrClosed says that the state of a handle has ended.
var ErrClosed = errors.New("the script has ended")

// Handles are what one state has open: they are closed with it, and one that the script has lost when the collector finds it. Any
// goroutine may use them. The zero value is ready.
type Handles struct {
	mu    sync.Mutex
	open  map[io.Closer]struct{}
	ended bool
}

// add keeps something that was opened, for a value that the script gets. An error has closed it.
func (h *Handles) add(owner *glua.LUserData, c io.Closer) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	err := h.mayAdd()
	if err != nil {
		_ = c.Close() // it was never used
		return err
	}
	if h.open == nil {
		h.open = map[io.Closer]struct{}{}
	}
	h.open[c] = struct{}{}
	runtime.AddCleanup(owner, func(c io.Closer) { go h.close(c) }, c)
	return nil
}

func (h *Handles) mayAdd() error {
	switch {
	case h.ended:
		return ErrClosed
	case len(h.open) >= maxHandles:
		return ErrHandles
	}
	return nil
}

// room tells whether one more may be opened.
func (h *Handles) room() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.mayAdd()
}

// close closes one of them, if it is still open. It may block.
func (h *Handles) close(c io.Closer) {
	h.mu.Lock()
	_, open := h.open[c]
	delete(h.open, c)
	h.mu.Unlock()
	if open {
		_ = c.Close() // nothing is expected of it any more
	}
}

// Len is how many are open.
func (h *Handles) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.open)
}

// Close closes all; what is opened later fails with ErrClosed. It may block.
func (h *Handles) Close() {
	h.mu.Lock()
	open := h.open
	h.open, h.ended = nil, true
	h.mu.Unlock()
	for c := range open {
		_ = c.Close() // nothing is expected of it any more
	}
}
