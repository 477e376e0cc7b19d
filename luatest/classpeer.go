package luatest

import (
	"cmp"
	"strconv"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/transport/fakenet"
)

var peerClass = class{
	methods: map[string]native{
		"register": peerRegister, "invite": peerInvite, "message": peerMessage, "options": peerOptions,
		"request": peerRequest, "send": peerSend, "expect": peerExpect, "expect_nothing": peerExpectNothing,
		"messages": peerMessages, "disconnect": peerDisconnect,
	},
	field: func(_ *call, self any, name string) glua.LValue {
		x := self.(*peer)
		switch name {
		case "name":
			return glua.LString(x.name)
		case "aor":
			return glua.LString(x.aor())
		case "contact":
			return glua.LString(x.contact())
		case "address":
			return glua.LString(x.socket.Addr.String())
		}
		return nil
	},
}

// peerRegister is peer:register([aor,] [options]): a REGISTER that is to get a 2xx, or what options.expect says.
func peerRegister(c *call) ([]glua.LValue, error) {
	x := self[*peer](c)
	n, aor := 2, x.aor()
	if c.L.Get(2).Type() == glua.LTString {
		n, aor = 3, c.L.CheckString(2)
	}
	o, err := c.options(n)
	if err != nil {
		return nil, err
	}
	if !o.hasExpires {
		o.expires, o.hasExpires = 3600, true
	}
	if x.registers == "" {
		x.w.number++
		x.registers = "reg" + strconv.Itoa(x.w.number) + "-" + x.name
	}
	o.callID, o.from, o.to = cmp.Or(o.callID, x.registers), cmp.Or(o.from, aor), cmp.Or(o.to, aor)
	e, err := x.ask(x.begin("REGISTER", "sip:"+x.domain, o), o.user, cmp.Or(o.password, x.password))
	if err != nil {
		return nil, err
	}
	if _, err := e.expectReply(cmp.Or(o.expect, "2xx"), new(checks)); err != nil {
		return nil, err
	}
	e.taken--
	return one(c.s.object("exchange", e)), nil
}

// begin is a request to a URI or a peer, with options as the last argument.
func (c *call) begin(method string, target, last int, prepare func(*options)) ([]glua.LValue, error) {
	x := self[*peer](c)
	var uri string
	if err := c.target(&uri)(c.L.CheckAny(target)); err != nil {
		return nil, err
	}
	o, err := c.options(last)
	if err != nil {
		return nil, err
	}
	if prepare != nil {
		prepare(o)
	}
	e, err := x.ask(x.begin(method, uri, o), o.user, cmp.Or(o.password, x.password))
	if err != nil {
		return nil, err
	}
	return one(c.s.object("exchange", e)), x.w.settle()
}

// sdp is the body of an INVITE that has none of its own.
func (x *peer) sdp() string {
	host := x.socket.Addr.Addr().String()
	return "v=0\r\no=- 1 1 IN IP4 " + host + "\r\ns=-\r\nc=IN IP4 " + host + "\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
}

func (o *options) offer(x *peer) {
	if o.body == "" {
		o.body, o.contentType = x.sdp(), "application/sdp"
	}
}

func peerInvite(c *call) ([]glua.LValue, error) {
	return c.begin("INVITE", 2, 3, func(o *options) { o.offer(self[*peer](c)) })
}

func peerOptions(c *call) ([]glua.LValue, error) { return c.begin("OPTIONS", 2, 3, nil) }

// peerMessage is peer:message(to, text, [options]).
func peerMessage(c *call) ([]glua.LValue, error) {
	body := c.L.CheckString(3)
	return c.begin("MESSAGE", 2, 4, func(o *options) { o.body = body })
}

// peerRequest is peer:request(method, to, [options]).
func peerRequest(c *call) ([]glua.LValue, error) { return c.begin(c.L.CheckString(2), 3, 4, nil) }

// peerSend is peer:send(text): a message as it is typed.
func peerSend(c *call) ([]glua.LValue, error) {
	x := self[*peer](c)
	e, err := x.askRaw(rawText(c.L.CheckString(2)))
	if err != nil {
		return nil, err
	}
	if err := x.w.settle(); err != nil || e == nil {
		return nil, err
	}
	return one(c.s.object("exchange", e)), nil
}

// peerExpect is peer:expect([method], [checks]).
func peerExpect(c *call) ([]glua.LValue, error) {
	x := self[*peer](c)
	k, err := c.checks(3)
	if err != nil {
		return nil, err
	}
	r, err := x.expectRequest(c.L.OptString(2, ""), k)
	if err != nil {
		return nil, err
	}
	return one(c.s.object("request", r)), nil
}

// peerExpectNothing is peer:expect_nothing(): no request that the test has not taken yet.
func peerExpectNothing(c *call) ([]glua.LValue, error) {
	x := self[*peer](c)
	if err := x.w.settle(); err != nil {
		return nil, err
	}
	if len(x.requests) > x.taken {
		r := x.requests[x.taken]
		return nil, &failure{text: x.name + " got " + r.title() + ", and should have got nothing", detail: x.w.ladder()}
	}
	return nil, nil
}

// peerMessages is all that came to the peer, repetitions too.
func peerMessages(c *call) ([]glua.LValue, error) {
	x := self[*peer](c)
	if err := x.w.settle(); err != nil {
		return nil, err
	}
	t := c.L.NewTable()
	for _, m := range x.all {
		t.Append(c.s.object("message", m))
	}
	return one(t), nil
}

// peerDisconnect breaks the peer's connections: they end as if it had lost its network for a moment.
func peerDisconnect(c *call) ([]glua.LValue, error) {
	x := self[*peer](c)
	x.node.Detach()
	node, err := x.w.net.Attach(fakenet.Handler(x.receive), x.socket)
	if err != nil {
		return nil, err
	}
	x.node = node
	return nil, x.w.settle()
}
