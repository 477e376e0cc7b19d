package core

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/core/trace"
	"github.com/moonroute/moonroute/kemi"
)

// traceCommands are what "moonroute trace" asks for.
var traceCommands = kemi.Commands[state]{
	{Name: "trace.start", Run: (*state).traceStart, Doc: "follows calls: callid CALLID, user USER or address IP, each with its value, several together; gives the number of the session"},
	{Name: "trace.read", Run: (*state).traceRead, Array: true, Doc: "what a session has noted: SESSION and the number of the last event that is known"},
	{Name: "trace.stop", Run: (*state).traceStop, Doc: "ends a session: SESSION"},
}

func (s *state) traceStart(c *rpc.Call) error {
	var f trace.Filter
	for i := 0; i < c.Len(); i += 2 {
		if err := setFilter(&f, c, i); err != nil {
			return err
		}
	}
	id, err := s.srv.Trace.Start(f)
	if err != nil {
		return c.Fault(400, "%v", err)
	}
	c.Add(int64(id))
	return nil
}

func setFilter(f *trace.Filter, c *rpc.Call, i int) (err error) {
	kind, _ := c.AsStr(i) // an unknown kind is told below
	value, err := c.AsStr(i + 1)
	switch {
	case err != nil:
		return err
	case kind == "callid":
		f.CallID = value
	case kind == "user":
		f.User = value
	case kind == "address":
		if f.Address, err = netip.ParseAddr(value); err != nil {
			return c.Fault(400, "%q is no IP address", value)
		}
	default:
		return c.Fault(400, "%q: want callid, user or address", kind)
	}
	return nil
}

// readBytes bounds an answer, so that it fits the carriers; the client asks for the rest next.
const readBytes = 32 << 10

func (s *state) traceRead(c *rpc.Call) error {
	id, err := c.AsInt(0)
	if err != nil {
		return err
	}
	events, lost, err := s.srv.Trace.Read(uint64(id), uint64(c.IntOpt(1, 0)))
	if err != nil {
		return c.Fault(404, "%v", err)
	}
	bytes := 0
	for i := range events {
		if bytes += len(events[i].Text) + 300; i > 0 && bytes > readBytes {
			break
		}
		addEvent(c.AddStruct(), &events[i], lost)
	}
	return nil
}

func addEvent(out *rpc.Struct, e *trace.Event, lost uint64) {
	out.Add("number", int64(e.Number)).Add("time", e.Time.Format(time.RFC3339Nano)).Add("kind", string(e.Kind)).Add("callid", e.CallID).Add("lost", int64(lost))
	switch e.Kind {
	case trace.In, trace.Out:
		out.Add("proto", e.Proto).Add("local", e.Local).Add("remote", e.Remote).Add("text", e.Text)
	case trace.Route:
		out.Add("name", e.Name)
	case trace.Function:
		out.Add("name", e.Name).Add("args", e.Args).Add("result", e.Result).Add("took", fmt.Sprint(e.Took.Microseconds())).Add("where", e.Where)
	}
}

func (s *state) traceStop(c *rpc.Call) error {
	id, err := c.AsInt(0)
	if err != nil {
		return err
	}
	if err := s.srv.Trace.Stop(uint64(id)); err != nil {
		return c.Fault(404, "%v", err)
	}
	return nil
}
