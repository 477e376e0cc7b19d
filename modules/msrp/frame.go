package msrp

import (
	"strings"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/msrp"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/kemi"
)

// frame is what the script has in hand: the exchange, and what was set for it.
type frame struct {
	*msrp.Exchange
	to             flow.Flow // where set_dst or cmap_lookup sends it
	toSet          bool
	relayed, reply transport.SendOptions
}

// frameKey is where a message keeps its frame.
type frameKey struct{}

// inHand is the frame of a message, or nil for one of SIP.
func inHand(c *kemi.Ctx) *frame {
	if c.Msg == nil {
		return nil
	}
	f, _ := c.Msg.Extra[frameKey{}].(*frame)
	return f
}

// sipHead turns a frame into a SIP request when it stands before it. The incumbent's is the same, byte for byte.
const sipHead = "MSRP sip:a@127.0.0.1 SIP/2.0\r\n" +
	"Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKa\r\n" +
	"From: <b@127.0.0.1>;tag=a\r\nTo: <a@127.0.0.1>\r\nCall-ID: a\r\nCSeq: 1 MSRP\r\nContent-Length: 0\r\n"

// Handle implements msrp.Handler: the script's turn, in the shard of the connection.
func (s *state) Handle(x *msrp.Exchange) {
	shards := s.server.Shards()
	s.server.OnShard(int(uint64(x.From.Conn)%uint64(len(shards))), func(sh *kemi.Shard) {
		m, err := s.message(sh, x)
		if err != nil {
			s.server.Log.Error("msrp", "frame from "+x.From.Remote.String()+" has no SIP view: "+err.Error())
			return
		}
		refuse(x, s.server.Raise(sh, s.callback, eventFrame, m))
	})
}

// refuse answers a request that the script could not decide about.
func refuse(x *msrp.Exchange, outcome route.Outcome) {
	if !x.Frame.IsRequest() || x.Frame.Method == "REPORT" || x.Answered() {
		return
	}
	switch outcome {
	case route.Failed:
		x.Reply(500, "Server Internal Error", "")
	case route.Absent:
		x.Reply(501, "MSRP is not served", "")
	}
}

// message is the SIP view of a frame.
func (s *state) message(sh *kemi.Shard, x *msrp.Exchange) (*route.Message, error) {
	text := sipHead
	if s.sipmsg != 0 {
		text += "MSRP-First-Line: " + head(x.Frame)
	}
	received, err := sip.Parse(text + "\r\n")
	if err != nil {
		return nil, err
	}
	m := new(route.Message)
	m.Begin(received)
	m.ID, m.Received, m.Shard = s.nextID.Add(1), s.server.Clock.Now(), sh.ID
	m.Flow, m.NoReply = x.From, true
	m.Extra = map[any]any{frameKey{}: &frame{Exchange: x}}
	return m, nil
}

// head is the first line and the header of a frame.
func head(f *msrp.Frame) string { return f.Raw[:strings.IndexByte(f.Raw, '\n')+1+len(f.Head)] }
