package usrloc

import (
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// way is the connection of a contact, or the address that it is behind.
func (k *keepalive) way(sh *kemi.Shard, c *location.Contact) (flow.Flow, bool) {
	next := c.URI
	if c.Received != "" {
		next = c.Received
	}
	if first, _, err := sip.ParseNameAddr(c.Path); err == nil {
		next = first.URIText
	}
	list, err := k.s.server.Core.Targets(sh.Shard, next, c.Socket, nil)
	if err != nil || len(list) == 0 {
		return flow.Flow{}, false
	}
	f := list[0]
	if c.Path == "" && f.Proto.Reliable() {
		f.Conn = c.Conn
	}
	return f, true
}

// tagMark ends the contact's id in a From tag; no id contains it.
const tagMark = "_ka"

// request makes a keep-alive. Its From tag has the contact's id and the time in microseconds.
func (k *keepalive) request(c *location.Contact, f flow.Flow) []byte {
	user, host, ok := strings.Cut(c.AOR, "@")
	if !ok {
		host = k.domain
	}
	number := strconv.FormatUint(k.sent, 16)
	path := ""
	if c.Path != "" {
		path = "Route: " + c.Path + "\r\n"
	}
	at := strconv.FormatInt(k.s.server.Clock.Now().UnixMicro(), 16)
	return []byte(k.method + " " + c.URI + " SIP/2.0\r\nVia: SIP/2.0/" + f.Proto.Upper() + " " + f.Local.Host + ":" + f.Local.PortText +
		";branch=z9hG4bKx." + number + "\r\n" + path + "From: <" + k.from + ">;tag=" + c.RUID + tagMark + at + "\r\nTo: <sip:" + user + "@" + host +
		">\r\nCall-ID: ksrulka-" + c.RUID + "-" + number + "\r\nCSeq: 80 " + k.method + "\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n")
}
