// Package freeport gives tests ports to listen on.
//
// A port that the system chooses (port 0) and that is closed again may be somebody else's by the time
// the test's server listens: another test's, or the near end of any connection that is made meanwhile.
// The ports given here lie below those that systems choose, and each is kept for one process of tests.
package freeport

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"runtime"
	"strconv"
	"sync"
)

const (
	first = 10000
	count = 10000
)

// abstract tells that the system has names of sockets that are no files.
const abstract = runtime.GOOS == "linux"

var errNone = errors.New("freeport: no free port from 10000 to 19999")

// kept are the marks of the ports given to this process. They end with it.
var kept struct {
	sync.Mutex
	marks []net.Conn
}

// Take gives a port of 127.0.0.1 whose UDP and TCP sides nobody uses. No other process that asks
// here gets it while this one runs.
func Take() (int, error) {
	start := rand.IntN(count)
	for i := range count {
		if port := first + (start+i)%count; keep(port) && Free(port) {
			return port, nil
		}
	}
	return 0, errNone
}

// Free tells that nobody listens on a port of 127.0.0.1 now.
func Free(port int) bool {
	addr := "127.0.0.1:" + strconv.Itoa(port)
	packets, err := net.ListenPacket("udp", addr)
	if err != nil {
		return false
	}
	defer func() { _ = packets.Close() }()
	stream, err := net.Listen("tcp", addr)
	return err == nil && stream.Close() == nil
}

// keep marks a port by a socket whose name is no file (unix(7), abstract sockets): the mark cannot
// be left behind. Only Linux has such names; elsewhere a port is given unmarked.
func keep(port int) bool {
	if !abstract {
		return true
	}
	mark, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: fmt.Sprintf("@moonroute-port-%d", port)})
	if err != nil {
		return false
	}
	kept.Lock()
	defer kept.Unlock()
	kept.marks = append(kept.marks, mark)
	return true
}
