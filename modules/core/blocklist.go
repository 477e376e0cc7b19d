package core

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/moonroute/moonroute/core/blocklist"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

// blocklistCommands show and change the destinations that are left out for a while (use_dst_blocklist).
var blocklistCommands = kemi.Commands[state]{
	{Name: "dst_blocklist.view", Run: (*state).blocklistView, Array: true, Doc: "the destinations that are left out"},
	{Name: "dst_blocklist.debug", Run: (*state).blocklistDebug, Array: true, Doc: "the destinations that are left out, as a flat list: transport, address, port, seconds left, reasons"},
	{Name: "dst_blocklist.add", Run: (*state).blocklistAdd, Doc: "leaves a destination out: address, port, number of the transport (0: each), reasons as a bit mask"},
	{Name: "dst_blocklist.delete_all", Run: (*state).blocklistDeleteAll, Doc: "empties the list"},
	{Name: "dst_blocklist.mem_info", Run: (*state).blocklistMemory, Doc: "bytes that the list takes, and may take"},
}

var errListOff = &rpc.Fault{Code: 500, Message: "dst blocklist support disabled"}

// blocklist is the list, or the fault of a server that has none.
func (s *state) blocklist() (*blocklist.List, error) {
	if l := s.srv.Core.Blocklist(); l.On() {
		return l, nil
	}
	return nil, errListOff
}

func (s *state) blocklistView(c *rpc.Call) error {
	l, err := s.blocklist()
	if err != nil {
		return err
	}
	for _, e := range l.Entries() {
		if c.Protocol() == rpc.JSON {
			c.AddStruct().Add("protocol", protoName(e.Proto)).Add("ip", e.Addr.Addr().String()).
				Add("port", int(e.Addr.Port())).Add("expires", wholeSeconds(e.Left)).Add("flags", int(e.Why))
			continue
		}
		// The incumbent writes lines of text here.
		c.Add("{", "    protocol: "+protoName(e.Proto), "    ip: "+e.Addr.Addr().String(), fmt.Sprintf("    port: %d", e.Addr.Port()),
			fmt.Sprintf("    expires in (s): %d", wholeSeconds(e.Left)), fmt.Sprintf("    flags: %d", e.Why), "}")
	}
	return nil
}

func (s *state) blocklistDebug(c *rpc.Call) error {
	l, err := s.blocklist()
	if err != nil {
		return err
	}
	for _, e := range l.Entries() {
		c.Add(protoName(e.Proto), e.Addr.Addr().String(), int(e.Addr.Port()), wholeSeconds(e.Left), int(e.Why))
	}
	return nil
}

func wholeSeconds(d time.Duration) int { return int(d / time.Second) }

// protoName is a star for every transport.
func protoName(p flow.Proto) string {
	if p == flow.None {
		return "*"
	}
	return p.String()
}

// blocklistProtos are the transports by the numbers that operators give.
var blocklistProtos = [...]flow.Proto{flow.None, flow.UDP, flow.TCP, flow.TLS, flow.SCTP}

func (s *state) blocklistAdd(c *rpc.Call) error {
	l, err := s.blocklist()
	if err != nil {
		return err
	}
	text, err := c.AsStr(0)
	if err != nil {
		return err
	}
	var numbers [3]int64
	for i := range numbers {
		if numbers[i], err = c.Int(i + 1); err != nil {
			return err
		}
	}
	addr, err := netip.ParseAddr(text)
	if err != nil || numbers[0] < 0 || numbers[0] > 65535 {
		return c.Fault(400, "Malformed ip address")
	}
	if numbers[1] < 0 || int(numbers[1]) >= len(blocklistProtos) {
		return c.Fault(400, "Unknown protocol")
	}
	to := flow.Flow{Proto: blocklistProtos[numbers[1]], Remote: netip.AddrPortFrom(addr, uint16(numbers[0]))}
	if !l.Add(to, blocklist.Reason(numbers[2]), 0) {
		return c.Fault(400, "Out of memory")
	}
	return nil
}

func (s *state) blocklistDeleteAll(*rpc.Call) error {
	l, err := s.blocklist()
	if err == nil {
		l.Clear()
	}
	return err
}

func (s *state) blocklistMemory(c *rpc.Call) error {
	l, err := s.blocklist()
	if err != nil {
		return err
	}
	used, limit := l.Memory()
	c.Add(used, limit)
	return nil
}

func allCommands() kemi.Commands[state] {
	return slices.Concat(commands, loadCommands, blocklistCommands, dnsCommands, paramCommands, processCommands, traceCommands)
}
