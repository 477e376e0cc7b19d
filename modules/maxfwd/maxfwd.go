// Package maxfwd counts down Max-Forwards, so that a request which goes in circles ends (RFC 3261 16.3 step 3, 16.6 step 3).
package maxfwd

import (
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the maxfwd module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "maxfwd",
	Doc:  "Counts down the Max-Forwards header of requests, and adds it where it is missing.",
	New:  func() *state { return new(state) },
	Params: kemi.Params[state]{
		kemi.LiveIntParam("max_limit", 70, func(s *state) *kemi.LiveInt { return &s.max }, "the highest value that leaves the server; higher ones are lowered to it").Within(0, 255),
	},
	Funcs: kemi.Funcs[state]{
		{Name: "process_maxfwd", Args: "limit int", Returns: kemi.Code, Call: (*state).process, Doc: "counts down: 1 done, 2 the header was missing and is added with the limit, -1 it is at 0 (reply 483) or the limit is not in 0 to 256, -2 it is no number"},
		{Name: "is_maxfwd_lt", Args: "limit int", Returns: kemi.Code, Call: (*state).below, Doc: "the value is below the limit: 1 yes, -1 no, -2 there is no header, -3 it is no number"},
	},
})

type state struct{ max kemi.LiveInt }

// upperLimit is the highest limit that the functions take.
const upperLimit = 256

// The outcomes of the functions.
var (
	done      = kemi.Int(1)
	added     = kemi.Int(2)
	no        = kemi.Int(-1)
	unread    = kemi.Int(-2)
	missing   = kemi.Int(-2)
	malformed = kemi.Int(-3)
)

func (s *state) process(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	limit := a.Int(0)
	if limit < 0 || limit > upperLimit {
		return no
	}
	h := c.Msg.First(sip.HdrMaxForwards)
	if h == nil {
		c.Msg.Edits.Insert(c.Msg.HeadersStart, "Max-Forwards: "+strconv.Itoa(limit)+"\r\n")
		return added
	}
	n, ok := read(h)
	if !ok {
		return unread
	}
	if n == 0 {
		return no
	}
	write(c.Msg, h, min(n-1, s.max.Get()))
	return done
}

func (s *state) below(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	limit := a.Int(0)
	if limit < 0 || limit > upperLimit {
		return no
	}
	h := c.Msg.First(sip.HdrMaxForwards)
	if h == nil {
		return missing
	}
	n, ok := read(h)
	if !ok {
		return malformed
	}
	if n < limit {
		return done
	}
	return no
}

// read gives the header's number. Blanks before it are ours, see write.
func read(h *sip.Header) (n int, ok bool) {
	text := strings.TrimLeft(h.Value, " ")
	if text == "" || len(text) > 5 {
		return 0, false
	}
	for i := range len(text) {
		if text[i]-'0' >= 10 {
			return 0, false
		}
		n = n*10 + int(text[i]-'0')
	}
	return n, n <= 65535
}

// write puts a number in the place of the old one, as wide as that was. Unlike other edits the script sees it at once.
func write(m *route.Message, h *sip.Header, n int) {
	width := len(h.Value)
	text := strconv.Itoa(n)
	if len(text) < width {
		text = strings.Repeat(" ", width-len(text)) + text
	}
	at := m.Offset(h.Value)
	if at < 0 { // counted down before: take the place of the edit of then
		m.Edits.RemoveIf(func(e *route.Edit) bool {
			ours := e.Header == uint8(sip.HdrMaxForwards) && e.At > h.Start && e.At < h.End
			if ours {
				at = e.At
			}
			return ours
		})
	}
	h.Value = text
	if at >= 0 {
		m.Edits.Add(route.Edit{At: at, Del: width, Text: text, Header: uint8(sip.HdrMaxForwards)})
	}
}
