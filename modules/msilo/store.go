package msilo

import (
	"errors"
	"fmt"
	"strings"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// Errors that keep a message out of the silo.
var (
	errRequest = errors.New("there is no request in hand")
	errBody    = errors.New("the message has no body")
	errType    = errors.New("the message has no Content-Type that can be read")
	errOwner   = errors.New("the owner's URI has no user name")
	errOwn     = errors.New("the owner is the registrar itself")
	errFull    = errors.New("the owner has max_messages stored already")
)

func (s *state) mstore(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if c.Msg == nil || !c.Msg.IsRequest {
		return s.refuse(c, errRequest)
	}
	return s.store(c, c.Msg.CurrentURI(), "", "")
}

func (s *state) mstoreURI(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.store(c, a.Str(0), "", "")
}

func (s *state) mstoreAddrs(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	owner := a.Str(0)
	if owner == "" && c.Msg != nil {
		owner = c.Msg.CurrentURI()
	}
	return s.store(c, owner, a.Str(1), a.Str(2))
}

// store writes the message in hand for the owner, and tells its sender. It returns after the commit.
func (s *state) store(c *kemi.Ctx, owner, from, to string) kemi.Value {
	m, err := s.newMessage(c, from, to)
	if err != nil {
		return s.refuse(c, err)
	}
	user, host, err := userAndHost(owner)
	if err == nil && s.isRegistrar(user, host) {
		err = errOwn
	}
	if err != nil {
		return s.refuse(c, err)
	}
	cols := s.columns.write(m, user, host, m.received+s.lifetime(c.Msg.Message))
	c.WaitIfSlow(func(slow func()) { err = s.write(slow, cols, user, host) })
	if err != nil {
		return s.refuse(c, err)
	}
	s.stored.Add(1)
	if m.sendAt == 0 {
		s.meet(c, user, host)
	}
	s.notify(c, m)
	return kemi.Int(1)
}

// refuse gives the script its answer. A lost database is told of by its owner, once.
func (s *state) refuse(c *kemi.Ctx, err error) kemi.Value {
	switch {
	case errors.Is(err, db.ErrDown):
	case errors.Is(err, errFull):
		c.Log(log.Notice, "msilo", "not stored: "+err.Error())
	default:
		c.Log(log.Err, "msilo", "not stored: "+err.Error())
	}
	return kemi.Int(-1)
}

// newMessage is what is stored of the message in hand. Empty URIs are taken from its headers.
func (s *state) newMessage(c *kemi.Ctx, from, to string) (*message, error) {
	r := c.Msg
	if r == nil || !r.IsRequest {
		return nil, errRequest
	}
	m := &message{from: from, to: to, body: r.Body(), received: s.server.Clock.Now().Unix()}
	if m.body == "" {
		return nil, errBody
	}
	if h := r.First(sip.HdrContentType); h != nil {
		m.contentType = mediaType(h.Value)
	}
	if m.contentType == "" {
		return nil, errType
	}
	if err := fillAddresses(r.Message, m); err != nil {
		return nil, err
	}
	m.headers = s.storedHeaders(c)
	if text, ok := textOf(s.variables.sendTime, c); ok {
		m.sendAt = sendTime(text)
	}
	if s.useMode == 1 {
		m.callID = r.CallID()
	}
	return m, nil
}

// fillAddresses takes the URIs of From and To where the script gives none.
func fillAddresses(r *sip.Message, m *message) error {
	from, err := r.From()
	if err == nil {
		m.from, err = given(m.from, from.URIText)
	}
	if err != nil {
		return fmt.Errorf("the sender: %w", err)
	}
	to, err := r.To()
	if err == nil {
		m.to, err = given(m.to, to.URIText)
	}
	if err != nil {
		return fmt.Errorf("the recipient: %w", err)
	}
	return nil
}

// given is the script's URI, which must be one, or the header's.
func given(script, header string) (string, error) {
	if script == "" {
		return header, nil
	}
	_, err := sip.ParseURI(script)
	return script, err
}

// userAndHost are the parts of a URI that name a mailbox.
func userAndHost(text string) (user, host string, err error) {
	uri, err := sip.ParseURI(text)
	if err != nil {
		return "", "", fmt.Errorf("the owner %q: %w", text, err)
	}
	if uri.User == "" {
		return "", "", errOwner
	}
	return uri.User, uri.Host, nil
}

// isRegistrar tells whether a mailbox is that of the address that notifications come from.
func (s *state) isRegistrar(user, host string) bool {
	if s.registrar == "" {
		return false
	}
	u, h, err := userAndHost(s.registrar)
	return err == nil && u == user && strings.EqualFold(h, host)
}

// lifetime is how long a message is kept, in seconds: expire_time, or less if its Expires says so.
func (s *state) lifetime(r *sip.Message) int64 {
	n, ok, err := r.Expires()
	if err == nil && ok && n > 0 && n < s.expireTime {
		return int64(n)
	}
	return int64(s.expireTime)
}

// write returns when the row is committed. It calls slow before it blocks for long.
func (s *state) write(slow func(), cols []db.Col, user, host string) error {
	if s.maxMessages <= 0 {
		_, err := s.db.WriteSoon(slow, db.Insert(s.table, cols...))
		return err
	}
	n, err := s.db.WriteSoon(slow, s.limited(cols, user, host))
	if err == nil && n == 0 {
		return errFull
	}
	return err
}
