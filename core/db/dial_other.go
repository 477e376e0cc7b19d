//go:build !linux || !(amd64 || arm64)

package db

import (
	"context"
	"net"
)

// dialer makes connections to a database server.
func dialer(bool) func(ctx context.Context, network, address string) (net.Conn, error) {
	return new(net.Dialer).DialContext
}
