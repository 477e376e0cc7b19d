package msrp

import (
	"github.com/moonroute/moonroute/core/transport"
)

// appendReportHead writes the header of a report about a SEND, without its Status: it goes back the
// way that the SEND came, from the hop that could not deliver it.
func (f *Frame) appendReportHead(dst []byte, span string) []byte {
	own, _ := f.To.First()
	dst = appendPaths(dst, f.From, Path(own), "")
	if id := f.Header("Message-ID"); id != "" {
		dst = append(append(append(dst, "Message-ID: "...), id...), "\r\n"...)
	}
	if span != "" {
		dst = append(append(append(dst, "Byte-Range: "...), span...), "\r\n"...)
	}
	return dst
}

// replied looks for the request that a reply answers, and reports a failure. It tells whether
// the reply is none of the handler's business.
func (r *Relay) replied(x *Exchange) (absorbed bool) {
	w := r.waiting.take(key{x.From.Remote, x.Frame.ID})
	if w == nil {
		return false
	}
	x.back = w
	if x.Frame.Code != 200 {
		r.report(w, x.Frame.Code, x.Frame.Reason)
	}
	return w.own
}

// lost reports a request whose connection failed: as one that got no reply, it may have arrived or not.
func (r *Relay) lost(w *waiter) {
	if r.waiting.end(w) {
		r.report(w, 408, "Not delivered")
	}
}

// report tells the sender of a SEND that it was not delivered (RFC 4976 5.2). It does not wait for
// the sender.
func (r *Relay) report(w *waiter, code int, reason string) {
	if w.report == "" {
		return
	}
	r.Stats.Reports.Add(1)
	if err := r.opt.Sender.SendWith(w.from, w.appendReport(nil, code, reason), transport.SendOptions{Exact: true}); err != nil {
		r.Stats.Failed.Add(1)
	}
}

// appendReport writes a report about the SEND.
func (w *waiter) appendReport(dst []byte, code int, reason string) []byte {
	id := newID()
	dst = append(append(append(append(dst, "MSRP "...), id...), " REPORT\r\n"...), w.report...)
	dst = appendStatus(append(dst, "Status: 000 "...), code, reason)
	return appendEndLine(dst, id, Complete)
}
