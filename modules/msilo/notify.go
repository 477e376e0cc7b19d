package msilo

import (
	"strings"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

// notify tells the sender that the message is kept. It is sent before the script goes on;
// what becomes of it nobody asks.
func (s *state) notify(c *kemi.Ctx, m *message) {
	if s.texts.fromAddress == "" || s.texts.offlineMessage == "" || s.unwanted(c) {
		return
	}
	v := &s.variables
	r := tm.LocalRequest{
		Method: sip.MethodMessage.String(), URI: s.notified(c.Msg.Message, m.from), NextHop: s.outboundProxy,
		Headers: "From: <" + v.fromAddress.Text(c) + ">\r\nTo: <" + m.from + ">\r\n" + v.contact.Text(c) + v.contentType.Text(c),
		Body:    v.offlineMessage.Text(c),
	}
	if _, err := c.Shard.TM.Start(&r); err != nil {
		c.Log(log.Warn, "msilo", "the sender "+m.from+" is not told: "+err.Error())
	}
}

// unwanted tells whether the script's flag forbids the notification.
func (s *state) unwanted(c *kemi.Ctx) bool {
	return s.skipNotification >= 0 && c.Msg.Flags&(1<<s.skipNotification) != 0
}

// notified is the URI to which a notification goes: the last one of the first Contact header,
// as the incumbent takes it, if it is a sip URI, else the sender's.
func (s *state) notified(r *sip.Message, sender string) string {
	if s.useContact == 0 {
		return sender
	}
	uri := ""
	first := r.First(sip.HdrContact)
	for contacts := r.Contacts(); contacts.Next() && contacts.Header == first; {
		uri = contacts.Addr.URIText
	}
	if len(uri) < 4 || !strings.EqualFold(uri[:4], "sip:") {
		return sender
	}
	return uri
}
