package libs

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/resolve"
)

// longestSleep and longestTalk bound what a script may wait for: a state waits with it.
const (
	longestSleep = 60 * time.Second
	longestTalk  = 60 * time.Second
)

// openSocket makes the part of LuaSocket that routing scripts use: time, names, and connections that they begin.
func openSocket(h Host, L *glua.LState) int {
	s := &sockets{host: h, class: class(L, "socket", nil)}
	s.class.RawSetString("__index", L.SetFuncs(L.NewTable(), s.methods()))
	lib := pushTable(L, map[string]glua.LGFunction{
		"gettime": func(L *glua.LState) int {
			L.Push(glua.LNumber(float64(h.Server().Clock.Now().UnixNano()) / 1e9))
			return 1
		},
		"sleep": s.sleep, "tcp": s.tcp, "tcp4": s.tcp, "udp": s.udp, "udp4": s.udp, "connect": s.dial,
		"skip":    func(L *glua.LState) int { return max(0, L.GetTop()-1-L.CheckInt(1)) },
		"try":     func(L *glua.LState) int { return try(L) },
		"newtry":  newTry,
		"protect": protect,
	})
	lib.RawSetString("dns", L.SetFuncs(L.NewTable(), map[string]glua.LGFunction{
		"toip": s.toIP,
		"gethostname": func(L *glua.LState) int {
			name, _ := os.Hostname()
			L.Push(glua.LString(name))
			return 1
		},
	}))
	lib.RawSetString("_VERSION", glua.LString("LuaSocket 3.0.0"))
	return 1
}

type sockets struct {
	host  Host
	class *glua.LTable
}

// tried is what a failed try raises: protect gives it back as a result.
const tried = "socket.try"

// try gives its arguments, or raises the second one if the first is false.
func try(L *glua.LState) int {
	if !glua.LVIsFalse(L.Get(1)) {
		return L.GetTop()
	}
	t := L.NewTable()
	t.RawSetString(tried, L.Get(2))
	L.Error(t, 0)
	return 0
}

// newTry makes a try that calls a function first if it fails.
func newTry(L *glua.LState) int {
	last, _ := L.Get(1).(*glua.LFunction)
	L.Push(L.NewFunction(func(L *glua.LState) int {
		if last != nil && glua.LVIsFalse(L.Get(1)) {
			_ = L.CallByParam(glua.P{Fn: last, Protect: true}) // its failure is not the one to tell
		}
		return try(L)
	}))
	return 1
}

// protect makes a function that gives nil and the reason where a try inside fails.
func protect(L *glua.LState) int {
	f := L.CheckFunction(1)
	L.Push(L.NewFunction(func(L *glua.LState) int {
		top := L.GetTop()
		L.Insert(f, 1)
		err := L.PCall(top, glua.MultRet, nil)
		if err == nil {
			return L.GetTop()
		}
		var raised *glua.ApiError
		if errors.As(err, &raised) {
			if t, ok := raised.Object.(*glua.LTable); ok && t.RawGetString(tried) != glua.LNil {
				L.Push(glua.LNil)
				L.Push(t.RawGetString(tried))
				return 2
			}
			L.Error(raised.Object, 0)
		}
		L.RaiseError("%s", err.Error())
		return 0
	}))
	return 1
}

func (s *sockets) sleep(L *glua.LState) int {
	d := min(seconds(L.CheckNumber(1)), longestSleep)
	if d > 0 && !s.host.Server().Offline { // the time of a simulation is not waited for
		s.host.Wait(L, func() { time.Sleep(d) })
	}
	return 0
}

func seconds(n glua.LNumber) time.Duration {
	return time.Duration(min(max(float64(n), 0), longestTalk.Seconds()) * float64(time.Second))
}

// errOffline is what a test without a network gets.
var errOffline = errors.New("there is no network in a test")

// socket is a socket object of a script. Only its state uses it.
type socket struct {
	network string
	conn    net.Conn
	timeout time.Duration
	left    []byte // received and not asked for yet
}

// leastTalk is what a timeout of 0 means, which is for what can be done at once: a deadline that has passed would let nothing be done.
const leastTalk = time.Millisecond

func (c *socket) deadline() time.Time { return time.Now().Add(max(c.timeout, leastTalk)) }

// Close implements io.Closer.
func (c *socket) Close() error {
	if c.conn == nil {
		return nil
	}
	return c.conn.Close()
}

func (s *sockets) tcp(L *glua.LState) int { return s.create(L, "tcp") }

func (s *sockets) udp(L *glua.LState) int { return s.create(L, "udp") }

func (s *sockets) create(L *glua.LState, network string) int {
	L.Push(object(s.class, &socket{network: network, timeout: longestTalk}))
	return 1
}

// dial is socket.connect(host, port).
func (s *sockets) dial(L *glua.LState) int {
	c := &socket{network: "tcp", timeout: longestTalk}
	ud := object(s.class, c)
	if err := s.connectTo(L, ud, c, L.CheckString(1), L.CheckInt(2)); err != nil {
		return failed(L, socketReason(err))
	}
	L.Push(ud)
	return 1
}

func (s *sockets) methods() map[string]glua.LGFunction {
	one := func(L *glua.LState) int {
		L.Push(glua.LNumber(1))
		return 1
	}
	return map[string]glua.LGFunction{
		"connect": s.connect, "setpeername": s.connect, "send": s.send, "sendto": s.sendTo, "receive": s.receive, "close": s.close,
		"settimeout": func(L *glua.LState) int {
			c := self[*socket](L)
			if c.timeout = longestTalk; L.Get(2) != glua.LNil && L.CheckNumber(2) >= 0 {
				c.timeout = seconds(L.CheckNumber(2))
			}
			return one(L)
		},
		"setoption": one, "shutdown": one, "setsockname": one, "bind": one,
		"getpeername": func(L *glua.LState) int { return s.name(L, net.Conn.RemoteAddr) },
		"getsockname": func(L *glua.LState) int { return s.name(L, net.Conn.LocalAddr) },
	}
}

func (s *sockets) connect(L *glua.LState) int {
	c := self[*socket](L)
	if L.CheckString(2) == "*" { // a datagram socket without a peer
		L.Push(glua.LNumber(1))
		return 1
	}
	if err := s.connectTo(L, L.CheckUserData(1), c, L.CheckString(2), L.CheckInt(3)); err != nil {
		return failed(L, socketReason(err))
	}
	L.Push(glua.LNumber(1))
	return 1
}

func (s *sockets) connectTo(L *glua.LState, owner *glua.LUserData, c *socket, host string, port int) (err error) {
	if s.host.Server().Offline {
		return errOffline
	}
	if err := s.host.Handles().room(); err != nil {
		return err
	}
	s.host.Handles().close(c)
	s.host.Wait(L, func() {
		c.conn, err = net.DialTimeout(c.network, net.JoinHostPort(host, strconv.Itoa(port)), max(c.timeout, leastTalk))
	})
	if err != nil {
		c.conn = nil
		return err
	}
	return s.host.Handles().add(owner, c)
}

func (s *sockets) close(L *glua.LState) int {
	c := self[*socket](L)
	s.host.Handles().close(c)
	c.conn = nil
	L.Push(glua.LNumber(1))
	return 1
}

// send is send(data [, i [, j]]): the index of the last byte sent, or nil, the reason and that index.
func (s *sockets) send(L *glua.LState) int {
	c, data := self[*socket](L), L.CheckString(2)
	if c.conn == nil {
		return failed(L, "closed")
	}
	from := max(place(L.OptInt(3, 1), len(data)), 1)
	to := min(place(L.OptInt(4, -1), len(data)), len(data))
	if from > to {
		return pushNumber(L, from-1)
	}
	var n int
	var err error
	s.host.Wait(L, func() {
		_ = c.conn.SetWriteDeadline(c.deadline()) // the write tells
		n, err = io.WriteString(c.conn, data[from-1:to])
	})
	if err != nil {
		return failed(L, socketReason(err)) + pushNumber(L, from-1+n)
	}
	return pushNumber(L, from-1+n)
}

// place is an index of a text; one below 0 counts from the end.
func place(n, length int) int {
	if n < 0 {
		n += length + 1
	}
	return n
}

func pushNumber(L *glua.LState, n int) int {
	L.Push(glua.LNumber(n))
	return 1
}

// sendTo is sendto(data, address, port) of a datagram socket.
func (s *sockets) sendTo(L *glua.LState) int {
	c, data := self[*socket](L), L.CheckString(2)
	owner := L.CheckUserData(1)
	if c.conn == nil || c.conn.RemoteAddr().String() != net.JoinHostPort(L.CheckString(3), strconv.Itoa(L.CheckInt(4))) {
		if err := s.connectTo(L, owner, c, L.CheckString(3), L.CheckInt(4)); err != nil {
			return failed(L, socketReason(err))
		}
	}
	L.SetTop(0)
	L.Push(owner)
	L.Push(glua.LString(data))
	return s.send(L)
}

func (s *sockets) name(L *glua.LState, of func(net.Conn) net.Addr) int {
	c := self[*socket](L)
	if c.conn == nil {
		return failed(L, "closed")
	}
	host, port, _ := net.SplitHostPort(of(c.conn).String())
	L.Push(glua.LString(host))
	n, _ := strconv.Atoi(port)
	return 1 + pushNumber(L, n)
}

// toIP is dns.toip(name): the first address.
func (s *sockets) toIP(L *glua.LState) int {
	name := L.CheckString(1)
	var list []string
	var err error
	s.host.Wait(L, func() {
		ctx, cancel := context.WithTimeout(context.Background(), longestTalk)
		defer cancel()
		list, err = s.lookup(ctx, name)
	})
	if err != nil || len(list) == 0 {
		return failed(L, "host or service not provided, or not known")
	}
	L.Push(glua.LString(list[0]))
	return 1
}

// lookup asks the machine's resolver, or what stands in for it in a test.
func (s *sockets) lookup(ctx context.Context, name string) (list []string, err error) {
	source := s.host.Server().DNS
	if source == nil {
		return net.DefaultResolver.LookupHost(ctx, name)
	}
	found, err := source.Ask(ctx, name, resolve.A)
	for i := range found {
		list = append(list, found[i].Addr.String())
	}
	return list, err
}

// socketReason is LuaSocket's word for a failure.
func socketReason(err error) string {
	var timeout net.Error
	var unknown *net.DNSError
	switch {
	case errors.As(err, &unknown):
		return "host or service not provided, or not known"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case errors.Is(err, io.EOF), errors.Is(err, net.ErrClosed):
		return "closed"
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return "connection refused"
	}
	return err.Error()
}
