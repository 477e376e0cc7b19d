package registrar

import (
	"errors"
	"strconv"

	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

// reply is the answer to a REGISTER. It waits for reg_send_reply if save was told to be silent.
type reply struct {
	code     int
	reason   string
	contacts string   // Contact header with CRLF; empty: none
	extra    []string // further headers, each with CRLF
	path     string
	detail   string // P-Registrar-Error
}

// refuse makes the reply for an error.
func (s *state) refuse(err error, r *registration, contacts []*location.Contact) *reply {
	var x *refusal
	if !errors.As(err, &x) {
		return &reply{code: 500, reason: serverError}
	}
	out := &reply{code: x.code, reason: x.reason, detail: x.detail, extra: x.before}
	if x.listed {
		out.setContacts(s, r, contacts)
	}
	return out
}

// accept makes the 200.
func (s *state) accept(r *registration, contacts []*location.Contact) *reply {
	out := &reply{code: 200, reason: "OK"}
	out.setContacts(s, r, contacts)
	out.extra = s.outboundHeaders(r)
	return out
}

// outboundHeaders tell the client about outbound (RFC 5626 6).
func (s *state) outboundHeaders(r *registration) (list []string) {
	const supported, required = "Supported: outbound\r\n", "Require: outbound\r\n"
	switch {
	case s.outboundMode == 0:
		return nil
	case s.outboundMode == 2:
		list = []string{required, supported}
	case r.outbound:
		list = []string{supported, required}
	default:
		list = []string{supported}
	}
	if (r.outbound || s.outboundMode == 2) && s.flowTimer > 0 {
		list = append(list, "Flow-Timer: "+strconv.Itoa(s.flowTimer)+"\r\n")
	}
	return list
}

// contactRoom is enough for the contacts of most users.
const contactRoom = 512

// setContacts lists the contacts that have not expired.
func (x *reply) setContacts(s *state, r *registration, contacts []*location.Contact) {
	var room [contactRoom]byte
	now, b := s.now(), room[:0]
	for _, c := range contacts {
		if !c.Valid(now) {
			continue
		}
		if len(b) == 0 {
			b = append(b, "Contact: "...)
		} else {
			b = append(b, ", "...)
		}
		b = s.appendContact(b, c, r, now)
	}
	if len(b) != 0 {
		x.contacts = string(append(b, "\r\n"...))
	}
}

func (s *state) appendContact(b []byte, c *location.Contact, r *registration, now int64) []byte {
	b = append(b, '<')
	b = append(b, c.URI...)
	b = append(b, '>')
	if c.Q != location.QUnset {
		b = appendQ(append(b, ";q="...), c.Q)
	}
	b = strconv.AppendInt(append(b, ";expires="...), max(c.Expires-now, 0), 10)
	if c.Received != "" && s.receivedParam != "" {
		b = append(append(b, ';'), s.receivedParam...)
		b = appendQuoted(b, "=\"", c.Received)
	}
	if c.Instance != "" {
		if r.gruu {
			b = appendGRUUs(b, c, r)
		}
		b = appendQuoted(b, ";+sip.instance=\"", c.Instance)
	}
	if c.RegID > 0 {
		b = strconv.AppendInt(append(b, ";reg-id="...), int64(c.RegID), 10)
	}
	return b
}

func appendQuoted(b []byte, name, value string) []byte {
	b = append(b, name...)
	b = append(b, value...)
	return append(b, '"')
}

// appendGRUUs adds the public and the temporary GRUU of a contact (RFC 5627 5.3). The latter
// holds the contact's id and the hash of its address of record, by which lookup finds it again.
func appendGRUUs(b []byte, c *location.Contact, r *registration) []byte {
	b = append(b, ";pub-gruu=\"sip:"...)
	b = append(append(append(b, r.uri.User...), '@'), r.uri.Host...)
	b = append(b, ";gr="...)
	b = appendQuoted(b, "", instanceURN(c.Instance))
	b = append(b, ";temp-gruu=\"sip:"...)
	b = append(append(b, c.RUID...), '-')
	b = strconv.AppendUint(b, location.Hash(c.AOR), 16)
	b = append(append(b, '@'), r.uri.Host...)
	return append(b, ";gr\""...)
}

// instanceURN is an instance without its angle brackets.
func instanceURN(instance string) string {
	if n := len(instance); n > 2 && instance[0] == '<' && instance[n-1] == '>' {
		return instance[1 : n-1]
	}
	return instance
}

// addHeaders adds the reply's headers to those of the script.
func (s *state) addHeaders(c *kemi.Ctx, x *reply) {
	h := &c.Msg.Answer.Headers
	if x.contacts != "" {
		*h = append(*h, x.contacts)
	}
	*h = append(*h, x.extra...)
	if x.path != "" {
		*h = append(*h, "Path: "+x.path+"\r\n")
	}
	if x.detail != "" {
		*h = append(*h, "P-Registrar-Error: "+x.detail+"\r\n")
	}
	if after := s.retryAfter.Get(); x.code >= 500 && after > 0 {
		*h = append(*h, "Retry-After: "+strconv.Itoa(after)+"\r\n")
	}
}

// send sends the reply with its headers, through the transaction if there is one.
func (s *state) send(c *kemi.Ctx, x *reply) kemi.Value {
	s.addHeaders(c, x)
	if t := tm.Of(c.Msg); t != nil {
		return kemi.Int(t.Reply(c.Msg, x.code, x.reason))
	}
	if err := s.server.Core.ReplyStateless(c.Msg, x.code, x.reason); err != nil {
		c.Log(log.Err, "registrar", "reply to "+c.Msg.CallID()+": "+err.Error())
		return no
	}
	return yes
}

func (s *state) sendReply(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if c.Msg == nil || !c.Msg.IsRequest {
		return no
	}
	x := s.scratchOf(c)
	if x == nil || x.reply == nil {
		return s.send(c, &reply{code: 200, reason: "OK"})
	}
	return s.send(c, x.reply)
}
