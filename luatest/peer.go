package luatest

import (
	"cmp"
	"net/netip"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/core/transport/fakenet"
)

// peer is a phone or another server, in the test's hands.
type peer struct {
	w        *world
	name     string
	user     string
	domain   string
	password string
	socket   *flow.Socket
	node     *fakenet.Node

	all       []*message
	requests  []*request  // that came, each once
	taken     int         // of requests
	exchanges []*exchange // that it began
	cseq      int
	registers string // Call-ID of its registrations
}

// newPeer puts a peer on the network.
func (w *world) newPeer(name string, p flow.Proto, at netip.AddrPort) (*peer, error) {
	x := &peer{w: w, name: name, user: name, domain: w.domain(), socket: flow.NewSocket(p, at, 0)}
	node, err := w.net.Attach(fakenet.Handler(x.receive), x.socket)
	if err != nil {
		return nil, failf("%s: another peer or the server has the address %s", name, at)
	}
	x.node = node
	w.peers = append(w.peers, x)
	return x, nil
}

// domain is the first name that the server takes for its own, or its address.
func (w *world) domain() string {
	for _, a := range w.server.Config.Aliases {
		return a.Host
	}
	for _, s := range w.server.Core.Sockets() {
		return s.Addr.Addr().String()
	}
	return serverAt.String()
}

// freeAddress is the next address for a peer that names none.
func (w *world) freeAddress() netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(len(w.peers) + 1)}), 5060)
}

// contact is the URI under which the peer is reached.
func (x *peer) contact() string {
	uri := "sip:" + x.user + "@" + x.socket.Addr.String()
	if x.socket.Proto != flow.UDP {
		uri += ";transport=" + x.socket.Proto.String()
	}
	return uri
}

func (x *peer) aor() string { return "sip:" + x.user + "@" + x.domain }

// receive is what the network calls with what comes.
func (x *peer) receive(p transport.Packet) {
	received, err := sip.Parse(p.Data)
	if err != nil {
		return // a keep-alive, or nothing of SIP: the list of what passed has it
	}
	m := &message{received, x.w.elapsed(), p.Flow}
	x.all = append(x.all, m)
	if m.IsRequest {
		x.gotRequest(m)
	} else {
		x.gotReply(m)
	}
}

// gotRequest sorts out repetitions, and the ACKs of replies.
func (x *peer) gotRequest(m *message) {
	if m.MethodName == "ACK" {
		for _, r := range x.requests {
			if r.method() == "INVITE" && r.CallID() == m.CallID() && sameNumber(r.message, m) {
				r.acks = append(r.acks, m)
				if r.final >= 300 || len(r.acks) > 1 {
					return // that of a negative reply is the stack's affair
				}
			}
		}
	}
	for _, r := range x.requests {
		if r.branch() == m.branch() && r.method() == m.method() {
			r.repeats++
			return
		}
	}
	x.requests = append(x.requests, &request{message: m, peer: x})
}

func sameNumber(a, b *message) bool {
	first, err1 := a.CSeq()
	second, err2 := b.CSeq()
	return err1 == nil && err2 == nil && first.Number == second.Number
}

// gotReply gives a reply to the exchange that it belongs to.
func (x *peer) gotReply(m *message) {
	for _, e := range x.exchanges {
		if e.branch == m.branch() && e.method == m.method() {
			e.got(m)
			return
		}
	}
}

// send sends text on a way; without one to the server.
func (x *peer) send(way flow.Flow, text string) error {
	if !way.Remote.IsValid() {
		at, ok := x.w.address(x.socket.Proto, x.socket.Addr.Addr())
		if !ok {
			return failf("%s speaks %s, and the server has no such socket", x.name, strings.ToUpper(x.socket.Proto.String()))
		}
		way = flow.Flow{Proto: x.socket.Proto, Remote: at}
	}
	way.Local = x.socket
	x.w.note(way.Proto, x.socket.Addr, way.Remote, text)
	return x.node.Send(way, []byte(text))
}

// wayTo is where a request in a dialog goes: to a literal address in the first Route or the target; else to the server.
func (x *peer) wayTo(uri string) flow.Flow {
	u, err := sip.ParseURI(uri)
	if err != nil {
		return flow.Flow{}
	}
	addr, err := netip.ParseAddr(strings.Trim(u.Host, "[]"))
	if err != nil {
		return flow.Flow{}
	}
	p := x.socket.Proto
	return flow.Flow{Proto: p, Remote: netip.AddrPortFrom(addr, cmp.Or(u.PortNum, p.DefaultPort()))}
}

// begin writes a request of the peer outside of dialogs.
func (x *peer) begin(method, uri string, o *options) *draft {
	x.w.number++
	x.cseq++
	id := strconv.Itoa(x.w.number)
	d := &draft{start: method + " " + cmp.Or(o.uri, uri) + " SIP/2.0"}
	d.add("Via", x.via())
	d.add("Max-Forwards", "70")
	d.add("From", nameAddr(cmp.Or(o.from, x.aor()))+";tag="+x.name+id)
	d.add("To", nameAddr(cmp.Or(o.to, uri)))
	d.add("Call-ID", cmp.Or(o.callID, id+"-"+x.name+"@"+x.socket.Addr.Addr().String()))
	d.add("CSeq", strconv.Itoa(x.cseq)+" "+method)
	d.add("Contact", nameAddr(cmp.Or(o.contact, x.contact())))
	d.add("User-Agent", "moonroute test")
	if o.hasExpires {
		d.add("Expires", strconv.Itoa(o.expires))
	}
	d.apply(o)
	return d
}

// via is a new Via of the peer.
func (x *peer) via() string {
	x.w.number++
	return "SIP/2.0/" + x.socket.Proto.Upper() + " " + x.socket.Addr.String() + ";rport;branch=z9hG4bK" + x.name + strconv.Itoa(x.w.number)
}

// nameAddr puts brackets around a URI that stands alone.
func nameAddr(text string) string {
	if strings.Contains(text, "<") || text == "*" {
		return text
	}
	return "<" + text + ">"
}
