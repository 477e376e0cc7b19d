package tm

import (
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

// errNoFIFO says that a path leads to something that t_write_req must not fill.
var errNoFIFO = errors.New("is no FIFO")

// writer is the function that hands the request in hand to another program: its path, and "action" or
// "action/append". It needs a transaction, through which the program answers.
func writer(name string, write func(path string, data []byte, limit time.Duration) error) func(*state, *kemi.Ctx, *kemi.Args) kemi.Value {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		action, setName, named := strings.Cut(a.Str(1), "/")
		set := new(appendSet)
		if named {
			set = s.appends[setName]
		}
		t := tm.Of(c.Msg)
		switch {
		case action == "" || set == nil:
			c.Misuse("tm."+name, "want an action, or action/append with the name of a tw_append, not "+a.Str(1))
			return no
		case t == nil || !c.Msg.IsRequest:
			return no
		}
		data, ok := exported(c, t, action, set)
		if !ok {
			return no
		}
		limit := time.Duration(s.srv.TM.Get().UnixTxTimeout) * time.Millisecond
		var err error
		c.Wait(func() { err = write(a.Str(0), data, limit) })
		if err != nil {
			c.Log(log.Err, "tm", name+": "+err.Error())
		}
		return verdict(err == nil)
	}
}

// writeUnix sends one datagram to a UNIX socket.
func writeUnix(path string, data []byte, limit time.Duration) error {
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetWriteDeadline(time.Now().Add(limit)); err != nil {
		return err
	}
	_, err = conn.Write(data)
	return err
}

// writeFIFO writes into a FIFO that somebody reads; nobody there is an error at once.
func writeFIFO(path string, data []byte, limit time.Duration) error {
	f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Mode()&os.ModeNamedPipe == 0 {
		return &os.PathError{Op: "write", Path: path, Err: errNoFIFO}
	}
	if err := f.SetWriteDeadline(time.Now().Add(limit)); err != nil {
		return err
	}
	_, err = f.Write(data)
	return err
}
