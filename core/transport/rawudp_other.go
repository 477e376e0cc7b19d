//go:build !linux || !(amd64 || arm64)

package transport

// rawDatagrams leaves the socket to the standard library.
func rawDatagrams(pc PacketConn) PacketConn { return pc }
