package rpc

import (
	"bufio"
	"io"
	"net"
	"os"
	"path/filepath"
)

// unixgramConn is a datagram socket with a name of its own, which the server needs to
// answer to.
type unixgramConn struct {
	*net.UnixConn
	dir string
}

// dialUnixgram binds to a name in a new directory that others may pass but not read, since
// the server may run as another user.
func dialUnixgram(path string) (net.Conn, error) {
	dir, err := os.MkdirTemp("", "rpc-")
	if err != nil {
		return nil, err
	}
	conn, err := bindUnixgram(dir, path)
	if err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return &unixgramConn{conn, dir}, nil
}

func bindUnixgram(dir, path string) (*net.UnixConn, error) {
	if err := os.Chmod(dir, 0o711); err != nil {
		return nil, err
	}
	own := &net.UnixAddr{Name: filepath.Join(dir, "reply"), Net: "unixgram"}
	conn, err := net.DialUnix("unixgram", own, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return nil, err
	}
	// Connected: the kernel takes datagrams from the server alone, whoever may write here.
	if err := os.Chmod(own.Name, 0o622); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// Close ends the connection and removes its name.
func (c *unixgramConn) Close() error {
	err := c.UnixConn.Close()
	os.RemoveAll(c.dir)
	return err
}

// readReply reads one packet. A datagram must be taken in one read, so that is how a
// stream is read as well.
func readReply(conn net.Conn) (binHeader, []byte, error) {
	r := bufio.NewReaderSize(conn, 256<<10)
	start, err := r.Peek(minHeader)
	if err != nil {
		return binHeader{}, nil, err
	}
	size, err := headerSize(start)
	if err != nil {
		return binHeader{}, nil, err
	}
	head := make([]byte, size)
	if _, err := io.ReadFull(r, head); err != nil {
		return binHeader{}, nil, err
	}
	header := parseHeader(head)
	if header.length > maxClientReply {
		return header, nil, ErrTooLarge
	}
	body := make([]byte, header.length)
	_, err = io.ReadFull(r, body)
	return header, body, err
}
