package libs

import (
	_ "embed" // the source below
	"errors"
	"net"
	"strconv"

	"github.com/gomodule/redigo/redis"
	glua "github.com/yuin/gopher-lua"
)

//go:embed redis.lua
var redisSource string

// openRedis makes redis-lua's library. Its commands are shaped in Lua, on top of connect, call and batch.
func openRedis(h Host, L *glua.LState) int {
	r := &redisLibrary{host: h}
	r.class = class(L, "redis connection", map[string]glua.LGFunction{"call": r.call, "batch": r.batch, "close": r.close})
	f, err := h.Compile("redis", redisSource)
	if err != nil {
		L.RaiseError("redis: %s", err.Error())
	}
	L.Push(f)
	L.Push(L.NewFunction(r.connect))
	L.Call(1, 1)
	return 1
}

type redisLibrary struct {
	host  Host
	class *glua.LTable
}

// redisConnection is one connection of a script. Only its state uses it.
type redisConnection struct{ conn redis.Conn }

// Close implements io.Closer.
func (c *redisConnection) Close() error { return c.conn.Close() }

// connect is connect(host, port, timeout in seconds, path of a local socket): a connection, or nil and the reason.
func (r *redisLibrary) connect(L *glua.LState) int {
	network, address := "tcp", net.JoinHostPort(L.OptString(1, "127.0.0.1"), strconv.Itoa(L.OptInt(2, 6379)))
	if path := L.OptString(4, ""); path != "" {
		network, address = "unix", path
	}
	timeout := longestTalk
	if L.Get(3) != glua.LNil {
		timeout = seconds(L.CheckNumber(3))
	}
	if r.host.Server().Offline {
		return failed(L, errOffline.Error())
	}
	if err := r.host.Handles().room(); err != nil {
		return failed(L, err.Error())
	}
	c := new(redisConnection)
	var err error
	r.host.Wait(L, func() {
		c.conn, err = redis.Dial(network, address, redis.DialConnectTimeout(timeout), redis.DialReadTimeout(timeout), redis.DialWriteTimeout(timeout))
	})
	if err != nil {
		return failed(L, socketReason(err))
	}
	ud := object(r.class, c)
	if err := r.host.Handles().add(ud, c); err != nil {
		return failed(L, err.Error())
	}
	L.Push(ud)
	return 1
}

func (r *redisLibrary) close(L *glua.LState) int {
	c := self[*redisConnection](L)
	r.host.Wait(L, func() { r.host.Handles().close(c) })
	return 0
}

// redisArguments are the name of a command and its arguments, which follow each other from an index on.
func redisArguments(L *glua.LState, list []glua.LValue) (name string, args []any) {
	for i, v := range list {
		if !glua.LVCanConvToString(v) {
			L.RaiseError("redis: bad argument of a command: a %s", v.Type())
		}
		if i == 0 {
			name = v.String()
			continue
		}
		args = append(args, keyText(v))
	}
	return name, args
}

// call is connection:call(name, ...).
func (r *redisLibrary) call(L *glua.LState) int {
	c := self[*redisConnection](L)
	var list []glua.LValue
	for i := 2; i <= L.GetTop(); i++ {
		list = append(list, L.Get(i))
	}
	name, args := redisArguments(L, list)
	var reply any
	var err error
	r.host.Wait(L, func() { reply, err = c.conn.Do(name, args...) })
	if err != nil {
		return r.fail(L, c, err)
	}
	L.Push(r.value(L, reply))
	return 1
}

// batch is connection:batch{{name, ...}, ...}: the list of the answers, asked for in one go.
func (r *redisLibrary) batch(L *glua.LState) int {
	c, commands := self[*redisConnection](L), redisCommands(L, L.CheckTable(2))
	var reply any
	var err error
	r.host.Wait(L, func() { reply, err = c.batch(commands) })
	if err != nil {
		return r.fail(L, c, err)
	}
	L.Push(r.value(L, reply))
	return 1
}

// redisCommand is one command of a batch.
type redisCommand struct {
	name string
	args []any
}

func redisCommands(L *glua.LState, list *glua.LTable) (commands []redisCommand) {
	for i := 1; i <= list.Len(); i++ {
		command, _ := list.RawGetInt(i).(*glua.LTable)
		var values []glua.LValue
		for j := 1; command != nil && j <= command.Len(); j++ {
			values = append(values, command.RawGetInt(j))
		}
		name, args := redisArguments(L, values)
		commands = append(commands, redisCommand{name, args})
	}
	return commands
}

// batch sends commands, which may block, and reads their answers.
func (c *redisConnection) batch(commands []redisCommand) (reply any, err error) {
	for _, x := range commands {
		if err := c.conn.Send(x.name, x.args...); err != nil {
			return nil, err
		}
	}
	return c.conn.Do("")
}

// fail raises an error in redis-lua's words. A connection that broke is not used again.
func (r *redisLibrary) fail(L *glua.LState, c *redisConnection, err error) int {
	if wrong, ok := errors.AsType[redis.Error](err); ok {
		L.Error(glua.LString("redis error: "+string(wrong)), 1)
	}
	r.host.Handles().close(c)
	L.Error(glua.LString("connection error: "+socketReason(err)), 1)
	return 0
}

// value is an answer as Lua has it: OK is true, and nothing is nil.
func (r *redisLibrary) value(L *glua.LState, v any) glua.LValue {
	switch v := v.(type) {
	case int64:
		return glua.LNumber(v)
	case []byte:
		r.host.Room(L, len(v))
		return glua.LString(v)
	case string:
		return redisStatus(L, v)
	case redis.Error:
		L.Error(glua.LString("redis error: "+string(v)), 1)
	case []any:
		r.host.Charge(L, len(v)*valueBytes)
		t := L.NewTable()
		for i, item := range v {
			t.RawSetInt(i+1, r.value(L, item))
		}
		return t
	}
	return glua.LNil
}

func redisStatus(L *glua.LState, v string) glua.LValue {
	switch v {
	case "OK":
		return glua.LTrue
	case "QUEUED":
		t := L.NewTable()
		t.RawSetString("queued", glua.LTrue)
		return t
	}
	return glua.LString(v)
}
