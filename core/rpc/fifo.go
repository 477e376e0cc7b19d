package rpc

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// ServeFIFO answers JSON-RPC requests that are written into a FIFO, which it creates.
// A request names the FIFO for its answer, in the directory of Options.ReplyDir, as
// "reply_name"; the client has made it and reads from it. One request is answered after
// the other. It returns when the FIFO is open; the carrier closes with ctx.
func ServeFIFO(ctx context.Context, reg *Registry, path string, opts Options) (*Carrier, error) {
	opts = opts.withDefaults()
	orElse(&opts.MaxReply, defaultMaxReply)
	if err := clearFIFO(path); err != nil {
		return nil, err
	}
	if err := syscall.Mkfifo(path, uint32(opts.Mode.Perm())); err != nil {
		return nil, fmt.Errorf("rpc: create FIFO %s: %w", path, err)
	}
	guard, err := private(path, opts)
	if err != nil {
		os.Remove(path)
		return nil, err
	}
	// Open for writing too: the reader then sees no end when the last client has closed.
	f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		guard.remove()
		return nil, fmt.Errorf("rpc: %w", err)
	}
	c := newCarrier(ctx, path, opts,
		func() { _ = f.SetReadDeadline(time.Unix(1, 0)) },
		func() { f.Close(); guard.remove() })
	h := &JSONHandler{Registry: reg, Pretty: opts.Pretty, MaxReply: opts.MaxReply}
	c.wg.Go(func() { c.readFIFO(f, h) })
	return c, nil
}

// clearFIFO removes a FIFO that a dead process left behind. It is an error if somebody
// reads from it, or if the file is no FIFO.
func clearFIFO(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("rpc: %w", err)
	}
	if info.Mode().Type() != fs.ModeNamedPipe {
		return fmt.Errorf("rpc: %s exists and is not a FIFO", path)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err == nil {
		f.Close()
		return fmt.Errorf("%w: %s", ErrInUse, path)
	}
	if !errors.Is(err, syscall.ENXIO) {
		return fmt.Errorf("%w: %s: %w", ErrInUse, path, err)
	}
	return os.Remove(path)
}

// readFIFO finds the requests in what the clients write. All share one pipe, so half a
// request that nobody completes in time is dropped: it would spoil the next one.
func (c *Carrier) readFIFO(f *os.File, h *JSONHandler) {
	frames := jsonFramer{limit: c.opts.MaxRequest}
	buf := make([]byte, 4096)
	for {
		deadline := time.Time{}
		if frames.pending() {
			deadline = time.Now().Add(c.opts.IOTimeout)
		}
		_ = f.SetReadDeadline(deadline)
		if c.closing() {
			return
		}
		n, err := f.Read(buf)
		if c.closing() {
			return
		}
		if err != nil {
			c.refuse("a FIFO client", fmt.Errorf("%w: cut off: %w", ErrMalformed, err))
			frames.reset()
			continue
		}
		for request, err := range frames.feed(buf[:n]) {
			c.answerFIFO(h, request, err)
		}
	}
}

func (c *Carrier) answerFIFO(h *JSONHandler, text []byte, err error) {
	var req *jsonRequest
	if err == nil {
		req, err = parseRequest(text)
	}
	if err != nil {
		c.refuse("a FIFO client", err)
		return
	}
	ctx, cancel := c.commandContext("")
	defer cancel()
	reply := h.answer(ctx, req)
	c.requests.Add(1)
	if req.replyTo == "" {
		return
	}
	if err := writeReply(c.opts, req.replyTo, reply.Body); err != nil {
		c.lose(req.replyTo, err)
	}
}

// writeReply writes into the client's FIFO. The name comes from the client: it must be a
// plain file name, and the file a FIFO that somebody reads from, reached by no symbolic link.
func writeReply(opts Options, name string, reply []byte) error {
	if strings.ContainsAny(name, "/\x00") || name == "." || name == ".." {
		return fmt.Errorf("rpc: reply_name %q is not a plain file name", name)
	}
	deadline := time.Now().Add(opts.IOTimeout)
	f, err := openReply(filepath.Join(opts.ReplyDir, name), deadline)
	if err != nil {
		return err
	}
	defer f.Close()
	_ = f.SetWriteDeadline(deadline)
	_, err = f.Write(reply)
	return err
}

// openReply waits until the client has its end open, as clients write first and then read.
func openReply(path string, deadline time.Time) (*os.File, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Type() != fs.ModeNamedPipe {
		return nil, fmt.Errorf("rpc: %s is not a FIFO", path)
	}
	for {
		f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK|syscall.O_NOFOLLOW, 0)
		if err == nil {
			return sameFile(f, info)
		}
		if !errors.Is(err, syscall.ENXIO) || time.Now().After(deadline) {
			return nil, err
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// sameFile makes sure that what was opened is the FIFO that was looked at.
func sameFile(f *os.File, seen fs.FileInfo) (*os.File, error) {
	now, err := f.Stat()
	if err == nil && os.SameFile(seen, now) {
		return f, nil
	}
	f.Close()
	return nil, fmt.Errorf("rpc: %s was replaced", f.Name())
}
