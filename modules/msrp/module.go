// Package msrp makes the server a relay of MSRP (RFC 4975, RFC 4976): the script decides about
// each frame.
package msrp

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	"github.com/moonroute/moonroute/core/msrp"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the msrp module.
var Module = kemi.Define(kemi.Spec[state]{
	Name:   "msrp",
	Doc:    "A relay of MSRP, on the ports where the server speaks SIP too: the script decides about each frame.",
	New:    func() *state { return new(state) },
	Params: params,
	Funcs:  functions,
	RPC:    commands,
	Vars:   variables,
	Trans:  transformations,
	Stats:  statistics,
	Events: []kemi.Event{{Name: eventFrame, Param: "event_callback", Doc: "a frame has come in, with a SIP view of it as the message in hand"}},
})

const eventFrame = "msrp:frame-in"

// state is the module in one server.
type state struct {
	server *kemi.Server
	relay  *msrp.Relay
	conns  *cmap // nil: cmap_size is 0
	nextID atomic.Uint64

	sipmsg, cmapSize, interval int
	minExpires, maxExpires     int
	usePath, callback          string
}

var params = kemi.Params[state]{
	kemi.IntParam("sipmsg", 1, func(s *state) *int { return &s.sipmsg }, "1: the message in hand has the headers of the frame, so that other functions find them there; 0: it has none of them"),
	kemi.IntParam("cmap_size", 0, func(s *state) *int { return &s.cmapSize }, "above 0: keep a map of the sessions that cmap_save grants"),
	kemi.IntParam("auth_min_expires", 60, func(s *state) *int { return &s.minExpires }, "least Expires of an AUTH, in seconds; cmap_save answers 423 to less"),
	kemi.IntParam("auth_max_expires", 3600, func(s *state) *int { return &s.maxExpires }, "highest Expires of an AUTH, and that of one without, in seconds; cmap_save answers 423 to more"),
	kemi.IntParam("timer_interval", 60, func(s *state) *int { return &s.interval }, "seconds between two removals of expired sessions"),
	kemi.StrParam("use_path_addr", "", func(s *state) *string { return &s.usePath }, "host:port that Use-Path names, or msrp://host:port; the socket's own if empty"),
	kemi.StrParam("event_callback", "", func(s *state) *string { return &s.callback }, "script function for the frames"),
}

// Start begins to take frames.
func (s *state) Start(server *kemi.Server) error {
	s.server = server
	if s.cmapSize > 0 {
		s.conns = newCmap(s.cmapSize)
	}
	s.usePath = strings.TrimPrefix(strings.TrimPrefix(s.usePath, "msrp://"), "msrps://")
	set := server.Core.Transports()
	if set == nil {
		return nil
	}
	if s.callback == "" {
		server.Log.Warning("msrp", "no event_callback: a connection that brings an MSRP frame is closed")
		return nil
	}
	s.relay = msrp.New(msrp.Options{Sender: set, Handler: s, Clock: server.Clock})
	set.ServeStreams(s.relay)
	server.Go(s.tick)
	return nil
}

// tick looks for requests without a reply each second, and for expired sessions now and then.
func (s *state) tick(ctx context.Context) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		s.relay.Tick()
		if s.conns != nil && n%max(1, s.interval) == 0 {
			s.conns.expire(s.server.Clock.Now())
		}
	}
}

var statistics = kemi.Stats[state]{
	count("requests", func(x *msrp.Stats) *atomic.Uint64 { return &x.Requests }, "requests that the script was given"),
	count("replies", func(x *msrp.Stats) *atomic.Uint64 { return &x.Replies }, "replies that the script was given"),
	count("relayed", func(x *msrp.Stats) *atomic.Uint64 { return &x.Relayed }, "frames that were passed on"),
	count("chunks", func(x *msrp.Stats) *atomic.Uint64 { return &x.Chunks }, "pieces of long frames after the first that were passed on"),
	count("refused", func(x *msrp.Stats) *atomic.Uint64 { return &x.Refused }, "requests that were answered with 400"),
	count("failed", func(x *msrp.Stats) *atomic.Uint64 { return &x.Failed }, "frames that could not be passed on"),
	count("reports", func(x *msrp.Stats) *atomic.Uint64 { return &x.Reports }, "reports of failure that were made here"),
	count("forgotten", func(x *msrp.Stats) *atomic.Uint64 { return &x.Forgotten }, "requests whose failure will not be reported, for too many wait"),
}

func count(name string, field func(*msrp.Stats) *atomic.Uint64, doc string) kemi.Stat[state] {
	return kemi.Stat[state]{Group: "msrp", Name: name, Counter: true, Doc: doc, Value: func(s *state) int64 {
		if s.relay == nil {
			return 0
		}
		return int64(field(&s.relay.Stats).Load())
	}}
}
