package corex

import (
	"os"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

var parseQ = sip.ParseQ

var otherFuncs = funcs{
	{Name: "has_ruri_user", Returns: kemi.Code, Call: (*state).hasUser, Doc: "the request URI has a user: 1 or -1"},
	{Name: "has_user_agent", Returns: kemi.Code, Call: (*state).hasUserAgent, Doc: "there is a User-Agent header with a value: 1 or -1"},
	{Name: "is_faked_msg", Returns: kemi.Code, Doc: "the message was made by the server, not received: 1 or -1",
		Call: func(_ *state, c *kemi.Ctx, _ *kemi.Args) kemi.Value { return code(c.Msg.Faked) }},
	{Name: "file_read", Args: "path str", Returns: kemi.AnyValue, Waits: true, Call: (*state).fileRead, Doc: "the content of a file, up to 1 MiB; an empty text if it cannot be read"},
	{Name: "file_write", Args: "path str, content str", Returns: kemi.Code, Waits: true, Call: (*state).fileWrite, Doc: "writes a file anew: 1 or -1"},
}

func (s *state) hasUser(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	m := c.Msg
	if !m.IsRequest {
		return no
	}
	if m.Target.URI == "" {
		u, err := m.URI()
		return code(err == nil && u.User != "")
	}
	u, err := c.Shard.ParseURI(m.Target.URI)
	return code(err == nil && u.User != "")
}

func (s *state) hasUserAgent(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	h := c.Msg.First(sip.HdrUserAgent)
	return code(h != nil && h.Value != "")
}

// maxFile bounds what a script can read at once.
const maxFile = 1 << 20

func (s *state) fileRead(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	var data []byte
	var err error
	path := a.Str(0)
	c.Wait(func() { data, err = readFile(path) })
	if err != nil {
		c.Log(log.Err, "corex", "file_read: "+err.Error())
		return kemi.Str("")
	}
	return kemi.Str(string(data))
}

func (s *state) fileWrite(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	path, content := a.Str(0), a.Str(1)
	if path == "" {
		return no
	}
	var err error
	c.Wait(func() { err = os.WriteFile(path, []byte(content), 0o644) })
	if err != nil {
		c.Log(log.Err, "corex", "file_write: "+err.Error())
	}
	return code(err == nil)
}

// replyOutEvent is the event of a reply that was sent.
const replyOutEvent = "corex:reply-out"

// replyHook raises the event.
type replyHook struct{ s *state }

func (h replyHook) Kinds() uint32 { return 1 << tm.ReplyOut }

func (h replyHook) OnTransaction(e *tm.HookEvent) {
	m := e.Reply
	if m == nil {
		m = e.Request
	}
	if m != nil && e.Request != nil {
		h.s.srv.Raise(h.s.srv.Shards()[e.Request.Shard], h.s.replyOut, replyOutEvent, m)
	}
}
