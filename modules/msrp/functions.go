package msrp

import (
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/msrp"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/kemi"
)

var functions = needFrame(kemi.Funcs[state]{
	{Name: "relay", Returns: kemi.Code, Waits: true, Call: (*state).passOn, Doc: "passes the frame on: to where set_dst or cmap_lookup says, a reply back to where its request came from, else to the next URI of To-Path; -1 if there is none or it cannot be reached"},
	{Name: "forward", Args: "addr str, sock str", Returns: kemi.Code, Waits: true, Call: (*state).forward, Doc: "set_dst and relay in one"},
	{Name: "reply", Args: "code str, reason str, headers str", Returns: kemi.Code, Call: (*state).answer, Doc: "answers the request; headers are whole lines"},
	{Name: "is_request", Returns: kemi.Code, Call: (*state).isRequest, Doc: "the frame is a request"},
	{Name: "is_reply", Returns: kemi.Code, Call: (*state).isReply, Doc: "the frame is a reply"},
	{Name: "set_dst", Args: "addr str, sock str", Returns: kemi.Code, Waits: true, Call: (*state).setDst, Doc: "sets where relay sends the frame: an MSRP URI, and the local socket as proto:ip:port or empty"},
	{Name: "relay_flags", Args: "flags int", Returns: kemi.Code, Call: (*state).relayFlags, Doc: "how relay uses the connection: 1 do not open one, 2 close it afterwards"},
	{Name: "reply_flags", Args: "flags int", Returns: kemi.Code, Call: (*state).replyFlags, Doc: "how reply uses the connection, as relay_flags"},
	{Name: "cmap_save", Returns: kemi.Code, Call: (*state).cmapSave, Doc: "grants the client of an AUTH a session: keeps its connection in the map and answers 200 with Use-Path and Expires, or 423 if Expires is out of bounds, 403 if there are too many sessions; -2 if the frame is no AUTH"},
	{Name: "cmap_lookup", Returns: kemi.Code, Call: (*state).cmapLookup, Doc: "has relay send the frame over the connection of its session; -4 if there is no such session or its connection has ended, -1 without a map"},
})

// needFrame has functions fail where the message in hand is none of MSRP.
func needFrame(list kemi.Funcs[state]) kemi.Funcs[state] {
	for i := range list {
		call := list[i].Call
		list[i].Call = func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
			if inHand(c) == nil {
				return no
			}
			return call(s, c, a)
		}
	}
	return list
}

var yes, no = kemi.Int(1), kemi.Int(-1)

func verdict(ok bool) kemi.Value {
	if ok {
		return yes
	}
	return no
}

func (s *state) isRequest(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	return verdict(inHand(c).Frame.IsRequest())
}

func (s *state) isReply(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	return verdict(!inHand(c).Frame.IsRequest())
}

// The flags of connections.
const (
	flagNoConnect = 1
	flagClose     = 2
)

func options(flags int) transport.SendOptions {
	return transport.SendOptions{NoConnect: flags&flagNoConnect != 0, Close: flags&flagClose != 0}
}

func (s *state) relayFlags(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	inHand(c).relayed = options(a.Int(0))
	return yes
}

func (s *state) replyFlags(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	inHand(c).reply = options(a.Int(0))
	return yes
}

// answer replies to requests, but not to reports, which get no reply (RFC 4975 7.1.2).
func (s *state) answer(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	f := inHand(c)
	status, err := strconv.Atoi(a.Str(0))
	if !f.Frame.IsRequest() || f.Frame.Method == "REPORT" || err != nil || status < 100 || status > 999 || strings.ContainsAny(a.Str(1), "\r\n") {
		return no
	}
	headers, ok := lines(a.Str(2))
	if !ok {
		c.Misuse("msrp.reply", "the headers are no lines of the form name: value")
		return no
	}
	f.ReplyWith(status, a.Str(1), headers, f.reply)
	return yes
}

// lines sees that headers are whole lines which cannot be taken for an end-line.
func lines(headers string) (string, bool) {
	if headers == "" {
		return "", true
	}
	headers = strings.TrimSuffix(headers, "\r\n")
	for line := range strings.SplitSeq(headers, "\r\n") {
		if strings.IndexByte(line, ':') <= 0 || strings.ContainsAny(line, "\r\n") || strings.HasPrefix(line, "-------") {
			return "", false
		}
	}
	return headers + "\r\n", true
}

func (s *state) setDst(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	f := inHand(c)
	to, err := s.way(c, a.Str(0), s.socket(a.Str(1)))
	if err != nil {
		c.Log(log.Warn, "msrp", "set_dst "+a.Str(0)+": "+err.Error())
		return no
	}
	f.to, f.toSet = to, true
	return yes
}

// socket finds a local socket by its name, "tcp:127.0.0.1:5060"; nil lets the transport choose.
func (s *state) socket(name string) *flow.Socket {
	for _, x := range s.server.Core.Sockets() {
		if name != "" && x.String() == name {
			return x
		}
	}
	return nil
}

// way is how a URI is reached.
func (s *state) way(c *kemi.Ctx, uri string, sock *flow.Socket) (flow.Flow, error) {
	u, err := msrp.ParseURI(uri)
	if err != nil {
		return flow.Flow{}, err
	}
	sipURI := "sip:" + u.Host + ":" + portText(&u) + ";transport="
	if u.Secure() {
		sipURI += "tls"
	} else {
		sipURI += "tcp"
	}
	ways, err := s.server.Core.Targets(c.Shard.Shard, sipURI, sock, c.Msg)
	if err != nil {
		return flow.Flow{}, err
	}
	return ways[0], nil
}

func (s *state) forward(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if s.setDst(c, a).Int() < 0 {
		return no
	}
	return s.passOn(c, a)
}

func (s *state) passOn(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	f := inHand(c)
	err := s.aim(c, f)
	if err == nil {
		err = f.Relay(f.to, f.relayed)
	}
	if err != nil {
		c.Log(log.Debug, "msrp", "relay: "+err.Error())
		return no
	}
	return yes
}

// aim finds where a frame goes unless the script has set it.
func (s *state) aim(c *kemi.Ctx, f *frame) error {
	if f.toSet {
		return nil
	}
	uri, err := f.Frame.NextHop()
	if err != nil {
		return err
	}
	back, ok := f.Back()
	if ok {
		f.to, f.toSet = back, true
		return nil
	}
	f.to, err = s.way(c, uri, nil)
	return err
}

func portText(u *msrp.URI) string { return strconv.Itoa(int(u.PortNumber())) }
