package limit

import (
	"io/fs"
	"strconv"
	"strings"
)

// Meter measures the machine's load. It reads /proc; where that is missing the load is 0.
// It belongs to one goroutine.
type Meter struct {
	root       fs.FS // of /proc
	busy, idle uint64
}

// NewMeter makes a meter over the files of /proc.
func NewMeter(proc fs.FS) *Meter { return &Meter{root: proc} }

// CPU is the busy part of the processors since the call before, 0 to 1; the first call gives
// the part since the machine started.
func (m *Meter) CPU() float64 {
	data, err := fs.ReadFile(m.root, "stat")
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(data), "\n")
	var busy, idle uint64
	for i, field := range strings.Fields(line) {
		n, err := strconv.ParseUint(field, 10, 64)
		switch {
		case i == 0 || err != nil:
		case i == 4 || i == 5: // idle, and waiting for disks
			idle += n
		default:
			busy += n
		}
	}
	b, i := busy-m.busy, idle-m.idle
	m.busy, m.idle = busy, idle
	if b+i == 0 {
		return 0
	}
	return float64(b) / float64(b+i)
}

// Waiting is how many received bytes wait in the sockets that are bound to the given ports.
func (m *Meter) Waiting(ports map[uint16]bool) (sum int) {
	for _, name := range [...]string{"net/udp", "net/udp6", "net/tcp", "net/tcp6"} {
		data, err := fs.ReadFile(m.root, name)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(data)) {
			sum += waiting(line, ports)
		}
	}
	return sum
}

// waiting reads a line of /proc/net/udp and its like: the local address is the second
// field, the two queues are the fifth, all in hexadecimal.
func waiting(line string, ports map[uint16]bool) int {
	fields := strings.Fields(line)
	if len(fields) < 5 {
		return 0
	}
	_, port, _ := strings.Cut(fields[1], ":")
	_, queue, _ := strings.Cut(fields[4], ":")
	p, err := strconv.ParseUint(port, 16, 16)
	n, err2 := strconv.ParseUint(queue, 16, 32)
	if err != nil || err2 != nil || !ports[uint16(p)] {
		return 0
	}
	return int(n)
}
