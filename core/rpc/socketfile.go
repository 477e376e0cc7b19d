package rpc

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// fileGuard remembers a file that a carrier made, so that only this very file is removed.
type fileGuard struct {
	path string
	info fs.FileInfo
}

// private sets who may use the file and remembers it.
func private(path string, opts Options) (fileGuard, error) {
	if err := os.Chmod(path, opts.Mode); err != nil {
		return fileGuard{}, fmt.Errorf("rpc: %w", err)
	}
	if opts.Owner != nil {
		if err := os.Lchown(path, opts.Owner.UID, opts.Owner.GID); err != nil {
			return fileGuard{}, fmt.Errorf("rpc: %w", err)
		}
	}
	info, err := os.Lstat(path)
	if err != nil {
		return fileGuard{}, fmt.Errorf("rpc: %w", err)
	}
	if openToAll(filepath.Dir(path)) {
		opts.Report(fmt.Errorf("rpc: %s: any user of this machine may write to its folder, and put another file in its place", path))
	}
	return fileGuard{path, info}, nil
}

// openToAll tells whether anybody may replace the files of others in a folder.
func openToAll(folder string) bool {
	info, err := os.Stat(folder)
	return err == nil && info.Mode().Perm()&0o002 != 0 && info.Mode()&fs.ModeSticky == 0
}

// remove deletes the file unless another has taken its place.
func (g fileGuard) remove() {
	if g.info == nil {
		return
	}
	if now, err := os.Lstat(g.path); err == nil && os.SameFile(now, g.info) {
		os.Remove(g.path)
	}
}

// clearSocket removes a socket file that a dead process left behind. It is an error if
// somebody answers on it, or if the file is no socket.
func clearSocket(a address) error {
	info, err := os.Lstat(a.where)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("rpc: %w", err)
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("rpc: %s exists and is not a socket", a.where)
	}
	conn, err := net.DialTimeout(a.network, a.where, time.Second)
	if err == nil {
		conn.Close()
		return fmt.Errorf("%w: %s", ErrInUse, a.where)
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("%w: %s: %w", ErrInUse, a.where, err)
	}
	return os.Remove(a.where)
}

// listenConfig gives a socket file its permissions before it appears: a socket takes them
// from its descriptor when it is bound, so there is no moment at which others may connect.
func listenConfig(a address, opts Options) net.ListenConfig {
	if !a.isFile() {
		return net.ListenConfig{}
	}
	return net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		// Systems that refuse get the permissions from private, right after binding.
		return c.Control(func(fd uintptr) { _ = syscall.Fchmod(int(fd), uint32(opts.Mode.Perm())) })
	}}
}

// listenStream opens a stream listener and, for a socket file, guards the file.
func listenStream(ctx context.Context, a address, opts Options) (net.Listener, fileGuard, error) {
	if a.isFile() {
		if err := clearSocket(a); err != nil {
			return nil, fileGuard{}, err
		}
	}
	config := listenConfig(a, opts)
	l, err := config.Listen(ctx, a.network, a.where)
	if err != nil {
		return nil, fileGuard{}, fmt.Errorf("rpc: %w", err)
	}
	if !a.isFile() {
		return l, fileGuard{}, nil
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	guard, err := private(a.where, opts)
	if err != nil {
		l.Close()
	}
	return l, guard, err
}

// listenPacket is listenStream for datagrams.
func listenPacket(ctx context.Context, a address, opts Options) (net.PacketConn, fileGuard, error) {
	if a.isFile() {
		if err := clearSocket(a); err != nil {
			return nil, fileGuard{}, err
		}
	}
	config := listenConfig(a, opts)
	conn, err := config.ListenPacket(ctx, a.network, a.where)
	if err != nil {
		return nil, fileGuard{}, fmt.Errorf("rpc: %w", err)
	}
	if !a.isFile() {
		return conn, fileGuard{}, nil
	}
	guard, err := private(a.where, opts)
	if err != nil {
		conn.Close()
	}
	return conn, guard, err
}
