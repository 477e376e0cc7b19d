package httpclient

import (
	"context"
	"crypto/tls"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// Times tell how far a request had come and when, counted from its beginning. What did not happen is 0: a handshake without
// TLS, a redirect, the lookup for a connection that was open already.
type Times struct {
	Lookup     time.Duration // the address was known
	Connect    time.Duration // the connection was there
	Handshake  time.Duration // TLS was agreed on
	Ready      time.Duration // the request could be sent
	FirstByte  time.Duration // the answer began
	Redirected time.Duration // the last redirect had come
	Total      time.Duration
}

// stopwatch takes the times of one request. Its hooks may be called by several goroutines, and later than anybody asks.
type stopwatch struct {
	began                                                           time.Time
	lookup, connect, handshake, ready, firstByte, redirected, total atomic.Int64
}

// watchKey is where the context of a request has its stopwatch.
type watchKey struct{}

func newStopwatch(ctx context.Context) (context.Context, *stopwatch) {
	w := &stopwatch{began: time.Now()}
	return context.WithValue(httptrace.WithClientTrace(ctx, w.hooks()), watchKey{}, w), w
}

func (w *stopwatch) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		ConnectStart:         func(string, string) { w.mark(&w.lookup) },
		ConnectDone:          func(string, string, error) { w.mark(&w.connect) },
		TLSHandshakeDone:     func(tls.ConnectionState, error) { w.mark(&w.handshake) },
		GotConn:              func(httptrace.GotConnInfo) { w.mark(&w.ready) },
		GotFirstResponseByte: func() { w.mark(&w.firstByte) },
	}
}

func (w *stopwatch) mark(at *atomic.Int64) { at.Store(int64(time.Since(w.began))) }

// stop ends the counting.
func (w *stopwatch) stop() Times {
	w.mark(&w.total)
	at := func(v *atomic.Int64) time.Duration { return time.Duration(v.Load()) }
	return Times{at(&w.lookup), at(&w.connect), at(&w.handshake), at(&w.ready), at(&w.firstByte), at(&w.redirected), at(&w.total)}
}
