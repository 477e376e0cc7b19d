package luatest

import (
	glua "github.com/yuin/gopher-lua"
)

var requestClass = class{
	methods: map[string]native{
		"reply": requestReply, "bye": requestBye, "ask": requestAsk,
		"header": messageHeader, "headers": messageHeaders, "equals": messageEquals, "matches": messageMatches,
	},
	field: func(c *call, self any, name string) glua.LValue {
		r := self.(*request)
		switch name {
		case "acked":
			return glua.LBool(len(r.acks) > 0)
		case "repeats":
			return glua.LNumber(r.repeats)
		}
		return messageField(r.message, name)
	},
}

var messageClass = class{
	methods: map[string]native{
		"header": messageHeader, "headers": messageHeaders, "equals": messageEquals, "matches": messageMatches,
	},
	field: func(_ *call, self any, name string) glua.LValue { return messageField(self.(*message), name) },
}

// messageField is what requests and replies have.
func messageField(m *message, name string) glua.LValue {
	switch name {
	case "text":
		return glua.LString(m.Raw)
	case "body":
		return glua.LString(m.Body())
	case "method":
		return glua.LString(m.method())
	case "uri":
		return glua.LString(m.RequestURI)
	case "status":
		return glua.LNumber(m.Status)
	case "reason":
		return glua.LString(m.Reason)
	case "call_id":
		return glua.LString(m.CallID())
	case "from":
		return glua.LString(m.flow.Remote.String())
	case "at":
		return glua.LNumber(m.at.Seconds())
	}
	return nil
}

// received is the message that a method was called on.
func received(c *call) *message {
	ud := c.L.CheckUserData(1)
	if r, ok := ud.Value.(*request); ok {
		return r.message
	}
	return self[*message](c)
}

// messageHeader is message:header(name): its first value, or nil.
func messageHeader(c *call) ([]glua.LValue, error) {
	list := received(c).values(c.L.CheckString(2))
	if len(list) == 0 {
		return one(glua.LNil), nil
	}
	return one(glua.LString(list[0])), nil
}

// messageHeaders is message:headers(name): all its values, in order.
func messageHeaders(c *call) ([]glua.LValue, error) {
	return one(c.strings(received(c).values(c.L.CheckString(2)))), nil
}

// messageMatches is message:matches(checks).
func messageMatches(c *call) ([]glua.LValue, error) {
	k, err := c.checks(2)
	if err != nil {
		return nil, err
	}
	m := received(c)
	return nil, k.of("the "+m.title()+" is not as expected", m)
}

// messageEquals is message:equals(text): the whole message, where * stands for anything within a line.
func messageEquals(c *call) ([]glua.LValue, error) {
	m := received(c)
	want := rawLines(c.L.CheckString(2))
	if fitsAll(want, m.Raw) {
		return nil, nil
	}
	return nil, mismatch("the "+m.title()+" is not as expected", want, m)
}

// requestReply is request:reply(code, [reason or options]).
func requestReply(c *call) ([]glua.LValue, error) {
	r := self[*request](c)
	code := c.L.CheckInt(2)
	if code < 100 || code > 699 {
		return nil, failf("%d is no status", code)
	}
	o := new(options)
	var err error
	if c.L.Get(3).Type() == glua.LTString {
		o.reason = c.L.CheckString(3)
	} else if o, err = c.options(3); err != nil {
		return nil, err
	}
	if r.method() == "INVITE" && code >= 200 && code < 300 {
		o.offer(r.peer)
	}
	if err := r.reply(code, o); err != nil {
		return nil, err
	}
	return nil, r.peer.w.settle()
}

func requestBye(c *call) ([]glua.LValue, error) {
	g, err := self[*request](c).dialog()
	return c.inDialog(g, err, "BYE", 2)
}

func requestAsk(c *call) ([]glua.LValue, error) {
	g, err := self[*request](c).dialog()
	return c.inDialog(g, err, c.L.CheckString(2), 3)
}
