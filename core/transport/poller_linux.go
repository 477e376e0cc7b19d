package transport

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"

	"github.com/moonroute/moonroute/core/flow"
)

const (
	// eventsAtOnce are taken from the system by one call.
	eventsAtOnce = 128

	edgeTriggered = 1 << 31 // EPOLLET, which package syscall has as a negative number
	peerHungUp    = syscall.EPOLLRDHUP | syscall.EPOLLHUP | syscall.EPOLLERR
)

// poller tells which connections have got something to read since they were told of last (epoll(7), edge-triggered). Whoever waits for it waits
// in the poller of the Go runtime, for which it is one file.
type poller struct {
	file   *os.File
	rc     syscall.RawConn
	events [eventsAtOnce]syscall.EpollEvent
}

func newPoller() (*poller, error) {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("transport: epoll: %w", err)
	}
	if err := syscall.SetNonblock(fd, true); err != nil { // else package os does not wait for it
		syscall.Close(fd)
		return nil, fmt.Errorf("transport: epoll: %w", err)
	}
	p := &poller{file: os.NewFile(uintptr(fd), "epoll")}
	if p.rc, err = p.file.SyscallConn(); err != nil {
		p.file.Close()
		return nil, fmt.Errorf("transport: epoll: %w", err)
	}
	return p, nil
}

// wait calls f until it is true, whenever there are events. It blocks until then; an error is that the poller is closed.
func (p *poller) wait(f func(at uintptr) bool) error { return p.rc.Read(f) }

// look calls f once.
func (p *poller) look(f func(at uintptr) bool) error {
	return p.rc.Control(func(at uintptr) { f(at) })
}

func (p *poller) close() { p.file.Close() }

// add has the poller tell of a connection.
func (p *poller) add(socket syscall.RawConn, id flow.ConnID) error {
	event := syscall.EpollEvent{Events: syscall.EPOLLIN | syscall.EPOLLRDHUP | edgeTriggered, Fd: int32(id), Pad: int32(id >> 32)}
	return p.control(syscall.EPOLL_CTL_ADD, socket, &event)
}

// remove ends that. Closing a connection does it too.
func (p *poller) remove(socket syscall.RawConn) error {
	return p.control(syscall.EPOLL_CTL_DEL, socket, nil)
}

func (p *poller) control(op int, socket syscall.RawConn, event *syscall.EpollEvent) (err error) {
	under := p.rc.Control(func(epoll uintptr) {
		closed := socket.Control(func(fd uintptr) { err = syscall.EpollCtl(int(epoll), op, int(fd), event) })
		if closed != nil {
			err = closed
		}
	})
	if under != nil {
		return under
	}
	return err
}

// take gives how many events there are, in a call of wait or look. One goroutine at a time takes them.
func (p *poller) take(at uintptr) int {
	n, _, err := syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, at, uintptr(unsafe.Pointer(&p.events[0])), eventsAtOnce, 0, 0, 0)
	if err != 0 {
		return 0
	}
	return int(n)
}

// event is one of those that take gave.
func (p *poller) event(i int) (id flow.ConnID, hungUp bool) {
	e := &p.events[i]
	return flow.ConnID(uint32(e.Fd)) | flow.ConnID(uint32(e.Pad))<<32, e.Events&peerHungUp != 0
}
