package ipops

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"
)

// lookups are the questions that the module asks. They may block until the context ends.
type lookups interface {
	// addresses asks as the machine is set up to: its own tables, then the DNS.
	addresses(ctx context.Context, name string) ([]netip.Addr, error)
	// names gives the names of an address.
	names(ctx context.Context, addr netip.Addr) ([]string, error)
	// records asks the DNS alone.
	records(ctx context.Context, name string, kind uint16) ([]record, error)
}

// network asks the machine's resolver and the servers of its configuration.
type network struct{}

func (network) addresses(ctx context.Context, name string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", name)
}

func (network) names(ctx context.Context, addr netip.Addr) ([]string, error) {
	return net.DefaultResolver.LookupAddr(ctx, addr.String())
}

const (
	resolverFile = "/etc/resolv.conf"
	tryTime      = 2 * time.Second
	rounds       = 2
)

func (network) records(ctx context.Context, name string, kind uint16) ([]record, error) {
	question, err := appendQuestion(nil, uint16(rand.Uint32()), name, kind)
	if err != nil {
		return nil, err
	}
	err = errAnswer
	for range rounds {
		for _, server := range servers() {
			var list []record
			if list, err = exchange(ctx, server, question); err == nil || errors.Is(err, errNoRecord) {
				return list, err
			}
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
		}
	}
	return nil, err
}

// servers reads the name servers that the machine is set up with.
func servers() (list []string) {
	text, err := os.ReadFile(resolverFile)
	if err != nil {
		return []string{"127.0.0.1:53"}
	}
	for line := range bytes.Lines(text) {
		fields := strings.Fields(string(line))
		if len(fields) > 1 && fields[0] == "nameserver" {
			list = append(list, net.JoinHostPort(fields[1], "53"))
		}
	}
	return list
}

// exchange asks one server, again over TCP if the answer is cut short.
func exchange(ctx context.Context, server string, question []byte) ([]record, error) {
	list, truncated, err := ask(ctx, "udp", server, question)
	if err == nil && truncated {
		list, _, err = ask(ctx, "tcp", server, question)
	}
	return list, err
}

func ask(ctx context.Context, carrier, server string, question []byte) ([]record, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, carrier, server)
	if err != nil {
		return nil, false, err
	}
	defer func() { _ = conn.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	msg, err := roundTrip(conn, carrier == "tcp", question)
	if err != nil {
		return nil, false, err
	}
	return answer(msg, question)
}

// roundTrip sends a question and reads the answer, both with their length before them over TCP.
func roundTrip(conn io.ReadWriter, framed bool, question []byte) ([]byte, error) {
	if !framed {
		if _, err := conn.Write(question); err != nil {
			return nil, err
		}
		buf := make([]byte, 4096)
		n, err := conn.Read(buf)
		return buf[:n], err
	}
	if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(question))), question...)); err != nil {
		return nil, err
	}
	var size [2]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return nil, err
	}
	msg := make([]byte, binary.BigEndian.Uint16(size[:]))
	_, err := io.ReadFull(conn, msg)
	return msg, err
}
