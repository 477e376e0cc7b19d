//go:build e2e && linux

package e2e

import (
	"fmt"
	"net"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// pace is how often a stopwatch asks.
const pace = time.Millisecond

// stopwatch asks a server by UDP all the time, at an even pace, and takes the time until each answer is there. It does not count how long
// this process, which may be as busy as the server, takes to look: the system notes when an answer has come, and who asks shares its
// processor with none of this process.
type stopwatch struct {
	t     *testing.T
	conn  *net.UDPConn
	begun []time.Time // of each request; the asker's until asked is closed
	stop  chan struct{}
	asked chan struct{}
	ended chan map[int]time.Time // when each answer came
}

func startStopwatch(t *testing.T, addr string) *stopwatch {
	t.Helper()
	conn, err := net.Dial("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	w := &stopwatch{t: t, conn: conn.(*net.UDPConn), stop: make(chan struct{}), asked: make(chan struct{}), ended: make(chan map[int]time.Time, 1)}
	w.noteArrivals()
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	go w.ask()
	go w.listen()
	return w
}

// noteArrivals has the system note when a datagram comes.
func (w *stopwatch) noteArrivals() {
	w.t.Helper()
	raw, err := w.conn.SyscallConn()
	if err != nil {
		w.t.Fatal(err)
	}
	var failed error
	err = raw.Control(func(fd uintptr) { failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1) })
	if err != nil || failed != nil {
		w.t.Fatal(err, failed)
	}
}

// ask keeps its processor while it sleeps, so that it need not wait for one.
func (w *stopwatch) ask() {
	defer close(w.asked)
	rest := unix.NsecToTimespec(int64(pace))
	for i := 0; ; i++ {
		w.begun = append(w.begun, time.Now())
		if _, err := w.conn.Write([]byte(anyOptions("UDP", i))); err != nil {
			w.t.Error(err)
		}
		_, _, _ = syscall.RawSyscall(syscall.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&rest)), 0, 0)
		select {
		case <-w.stop:
			return
		default:
		}
	}
}

// listen takes the answers until it is stopped and nothing comes any more.
func (w *stopwatch) listen() {
	came := map[int]time.Time{}
	buf, oob := make([]byte, 4096), make([]byte, 128)
	for {
		n, m, _, _, err := w.conn.ReadMsgUDP(buf, oob)
		if err != nil {
			w.ended <- came
			return
		}
		i, at, err := arrival(string(buf[:n]), oob[:m])
		if err != nil {
			w.t.Error(err)
		}
		came[i] = at
	}
}

// arrival tells which request an answer is for, and when it came.
func arrival(answer string, oob []byte) (int, time.Time, error) {
	_, rest, _ := strings.Cut(answer, "Call-ID: ")
	id, _, _ := strings.Cut(rest, "\r\n")
	i, err := strconv.Atoi(id)
	if err != nil {
		return 0, time.Time{}, err
	}
	list, err := syscall.ParseSocketControlMessage(oob)
	if err != nil {
		return 0, time.Time{}, err
	}
	for _, m := range list {
		if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SCM_TIMESTAMPNS && len(m.Data) >= int(unsafe.Sizeof(unix.Timespec{})) {
			return i, time.Unix((*unix.Timespec)(unsafe.Pointer(&m.Data[0])).Unix()), nil
		}
	}
	return 0, time.Time{}, fmt.Errorf("the system did not note when answer %d came", i)
}

// took ends the watch and gives how long each answer took. One that does not come fails the test.
func (w *stopwatch) took() []time.Duration {
	w.t.Helper()
	close(w.stop)
	<-w.asked
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) - 1)
	_ = w.conn.SetReadDeadline(time.Now().Add(quiet))
	came := <-w.ended
	_ = w.conn.Close()
	var took []time.Duration
	for i, begun := range w.begun {
		at, ok := came[i]
		if !ok {
			w.t.Errorf("request %d has no answer", i)
			continue
		}
		took = append(took, at.Sub(begun))
	}
	return took
}

// quiet is how long a stopwatch waits for the last answers.
const quiet = 300 * time.Millisecond
