package tm

import (
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

// uacSend sends a request of the server's own; a dot or nothing stands for no next hop and no socket.
func (s *state) uacSend(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	r := tm.LocalRequest{Method: a.Str(0), URI: a.Str(1), NextHop: given(a.Str(2)), Headers: a.Str(4), Body: a.Str(5)}
	if name := given(a.Str(3)); name != "" {
		if r.Socket = s.socket(name); r.Socket == nil {
			c.Misuse("tm.t_uac_send", "no socket "+name)
			return no
		}
	}
	if _, err := c.Shard.TM.Start(&r); err != nil {
		c.Log(log.Err, "tm", "t_uac_send: "+err.Error())
		return no
	}
	return yes
}

// given is a text, or nothing for the dot that stands for it.
func given(text string) string {
	if text == "." {
		return ""
	}
	return text
}

// socket finds a socket by "proto:host:port"; nil if the server has none such.
func (s *state) socket(name string) *flow.Socket {
	for _, x := range s.srv.Core.Sockets() {
		if x.String() == name {
			return x
		}
	}
	return nil
}
