package msrp

import (
	"strconv"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/kemi"
)

// What cmap_save gives for a frame that is no AUTH, and cmap_lookup for a session that nobody has.
const (
	notAuth  = -2
	notFound = -4
)

// cmapSave grants a session (RFC 4976 5.1, 6.3).
func (s *state) cmapSave(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	f := inHand(c)
	switch {
	case s.conns == nil:
		return no
	case f.Frame.Method != "AUTH":
		return kemi.Int(notAuth)
	}
	seconds, refusal := s.lifetime(f.Frame.Header("Expires"))
	if refusal != "" {
		f.ReplyWith(423, "Interval Out-of-Bounds", refusal, f.reply)
		return no
	}
	now := s.server.Clock.Now()
	x := s.conns.add(f.Frame.From.Last(), f.From, now.Add(time.Duration(seconds)*time.Second), now)
	if x == nil {
		f.ReplyWith(403, "Too many sessions", "", f.reply)
		return no
	}
	f.ReplyWith(200, "OK", "Use-Path: "+s.path(f.From, x.id)+"\r\nExpires: "+strconv.Itoa(seconds)+"\r\n", f.reply)
	return yes
}

// lifetime is how long a session lasts, or the header that says what may be asked for.
func (s *state) lifetime(expires string) (seconds int, refusal string) {
	if expires == "" {
		return s.maxExpires, ""
	}
	n, err := strconv.Atoi(expires)
	switch {
	case err != nil || n < s.minExpires:
		return 0, "Min-Expires: " + strconv.Itoa(s.minExpires) + "\r\n"
	case n > s.maxExpires:
		return 0, "Max-Expires: " + strconv.Itoa(s.maxExpires) + "\r\n"
	}
	return n, ""
}

// path is the URI that a session is reached at.
func (s *state) path(from flow.Flow, id string) string {
	scheme, at := "msrp://", s.usePath
	if from.Proto == flow.TLS {
		scheme = "msrps://"
	}
	if at == "" {
		host, port := from.Local.SentBy()
		at = host + ":" + port
	}
	return scheme + at + "/" + id + ";tcp"
}

func (s *state) cmapLookup(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	f := inHand(c)
	if s.conns == nil {
		return no
	}
	way, ok := s.conns.find(f.Frame.Session(), s.server.Clock.Now())
	if !ok || !s.relay.Reaches(way) {
		return kemi.Int(notFound)
	}
	f.to, f.toSet = way, true
	return yes
}
