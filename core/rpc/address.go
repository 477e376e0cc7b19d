package rpc

import (
	"fmt"
	"net"
	"strings"
)

// DefaultBinaryPort is the port of ctl listeners that name none.
const DefaultBinaryPort = "2049"

// address is where a carrier listens or a client connects.
type address struct {
	network string // as package net names it: unix, unixgram, tcp, udp
	where   string // a path, or host:port
}

// networks are the names of transports in the ctl module's binrpc parameter, which are
// also kamcmd's. Note that "unix" is a stream.
var networks = [...]struct{ name, network string }{
	{"unix", "unix"}, {"unixs", "unix"}, {"unixd", "unixgram"}, {"tcp", "tcp"}, {"udp", "udp"},
}

// parseBinaryAddress reads "[unix|unixs|unixd|tcp|udp:]where" as the ctl module does: without
// a transport, what has a slash is a stream socket and the rest is UDP; a missing host means
// all of them.
func parseBinaryAddress(s string) (address, error) {
	for _, n := range networks {
		if rest, ok := strings.CutPrefix(s, n.name+":"); ok {
			return newAddress(n.network, rest)
		}
	}
	if strings.Contains(s, "/") {
		return newAddress("unix", s)
	}
	return newAddress("udp", s)
}

// parseJSONAddress reads "udp:host:port" or the path of a datagram socket.
func parseJSONAddress(s string) (address, error) {
	if rest, ok := strings.CutPrefix(s, "udp:"); ok {
		return newAddress("udp", rest)
	}
	return newAddress("unixgram", strings.TrimPrefix(s, "unix:"))
}

func newAddress(network, where string) (address, error) {
	if where == "" {
		return address{}, fmt.Errorf("rpc: address %q: a path or host:port is missing", network+":"+where)
	}
	if strings.HasPrefix(network, "unix") {
		return address{network, where}, nil
	}
	host, port := splitHostPort(where)
	if host == "*" {
		host = ""
	}
	return address{network, net.JoinHostPort(host, port)}, nil
}

// splitHostPort also takes a bare port and a bare host.
func splitHostPort(s string) (host, port string) {
	if host, port, err := net.SplitHostPort(s); err == nil {
		return host, port
	}
	if strings.Trim(s, "0123456789") == "" {
		return "", s
	}
	return strings.Trim(s, "[]"), DefaultBinaryPort
}

func (a address) isFile() bool { return strings.HasPrefix(a.network, "unix") }
