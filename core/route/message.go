// Package route holds the message in hand: what was received, what the script has decided
// about it so far, and the small Script interface through which core calls the script.
package route

import (
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/sip"
)

// Message is one message on its way through a route. It belongs to one shard at a time.
//
// The received bytes are the truth: what no edit touches leaves as it came. A script does
// not see its own edits until ApplyChanges or the next hop.
type Message struct {
	*sip.Message // what was received, read in place; a faked message shares it with the received one; nil between Thin and Whole
	Hand         // what came of it so far
}

// Hand is all that a route has found out and decided about a message.
type Hand struct {
	ID       uint64    // number of the message on this server ($mi)
	Received time.Time // when it came in
	Flow     flow.Flow // the way it came
	Shard    int       // the shard that it belongs to
	CallHash uint64    // hash of the Call-ID as received: the key of its order
	Faked    bool      // made from a stored request for a failure route and its like

	Target                  // where the script sends it: the first branch
	Branches      []Branch  // further branches (append_branch)
	URIUsed       bool      // a branch was made of the request URI already; SetURI makes it fresh again
	Edits         Edits     // changes against the received bytes
	Answer        Answer    // what is added to replies that the server makes itself
	Flags         uint32    // message flags (setflag)
	XFlags        [2]uint32 // extended message flags (setxflag)
	UseConn       bool      // tcp_set_otcpid_flag: the request leaves by the connection of its target, if that is alive
	ForceRport    bool      // force_rport: reply to the source port (RFC 3581)
	LocalRport    bool      // add_local_rport: put rport in our own Via
	CheckedHeader [2]uint16 // the Authorization and Proxy-Authorization header that was checked: one more than its place in Headers
	AdvertiseHost string    // set_advertised_address
	AdvertisePort string    // set_advertised_port
	Via           ViaStyle  // what a module adds to our own Via; nil: nothing
	Forward       SendMode  // of the request as it is passed on
	Reply         SendMode  // of the replies to it
	RecordRouted  bool      // a Record-Route header was added already
	RouteParams   string    // add_rr_param before record_route
	OwnRoute      string    // parameters of our own Route URI, once loose_route has followed it
	NextRoute     bool      // loose_route took the next hop from a further Route
	Authorized    string    // user of the digest credentials that were checked and are right; empty: none
	AuthRealm     string    // of those credentials, as they have it
	Handled       bool      // something was sent because of the message
	NoReply       bool      // it is the view of a message of another protocol: nothing of SIP goes back the way that it came
	Dropped       bool      // set_drop: nothing more is done with the message after the route

	Vars *Vars // AVPs and XAVPs; the transaction's own once there is one

	// Failure is why the last function that should have sent the message could not.
	Failure Failure

	// Transaction is the transaction that the message belongs to, once it is known;
	// only core/tm puts it here and knows its type.
	Transaction any
	// Armed are the callbacks that the script asked for before a transaction exists.
	Armed Armed
	// Extra holds what a module keeps with the message (a parsed body, a lookup's result), by its own key.
	Extra map[any]any

	last forwarded // without a transaction

	holders int    // how many keep the message beyond the route that runs now
	free    func() // gives its memory back; nil: that is left to the collector
	thin    func() // gives that of the parsed form back; nil: it stays
	text    string // what Whole makes the parsed form of
}

// ViaStyle lets a module have a say in our own Via, and in the client's as it goes back in a reply.
type ViaStyle interface {
	// SentBy gives another host or port to write; empty ones leave it as it is.
	SentBy(m *Message) (host, port string)
	// AppendParams and AppendReplyParams append parameters, each with its semicolon.
	AppendParams(dst []byte, m *Message) []byte
	AppendReplyParams(dst []byte, m *Message) []byte
}

// Failure is the reply that a failed send deserves.
type Failure struct {
	Code   int // 0: nothing failed
	Reason string
	Detail string // the incumbent's error number, shown in brackets
}

// SendMode says how a stream connection may be used for a send, and in its upper byte which
// failures of it keep the destination off the blocklist.
type SendMode uint16

// The modes, which may be combined.
const (
	NoConnect  SendMode = 1 << iota // use an existing connection, never make one
	CloseAfter                      // close the connection after the send
	FromSocket                      // use a connection from the address of the chosen socket only
)

// ForwardMode is how the request is passed on: a socket that the script chose is one that connections have to come from, too.
func (m *Message) ForwardMode() SendMode {
	if m.Socket != nil {
		return m.Forward | FromSocket
	}
	return m.Forward
}

const ignoredShift = 8

// Ignored are the reasons for the blocklist, as its bits, that do not count for the send.
func (s SendMode) Ignored() uint8 { return uint8(s >> ignoredShift) }

// Ignore adds such reasons, and Count takes them back.
func (s *SendMode) Ignore(reasons uint8) { *s |= SendMode(reasons) << ignoredShift }

// Count makes reasons count again.
func (s *SendMode) Count(reasons uint8) { *s &^= SendMode(reasons) << ignoredShift }

// Target is where one branch of a request goes.
type Target struct {
	URI       string       // rewritten request URI; empty: as received
	DstURI    string       // next hop, if it is not the request URI ($du)
	Path      string       // Route set from a registration's Path (RFC 3327)
	Socket    *flow.Socket // the socket to send from; nil: chosen by destination ($fs)
	Flags     uint32       // branch flags (setbflag)
	Q         int          // preference in thousandths; QUnset if none
	Instance  string       // +sip.instance of the contact
	RegID     int          // reg-id of the contact (RFC 5626)
	RUID      string       // the location record's own id
	UserAgent string       // User-Agent that registered the contact ($location_ua)
	Conn      flow.ConnID  // the connection that the contact registered over, or that tcp_set_otcpid named; 0: none
}

// QUnset is the q value of a target that has none.
const QUnset = -1

// Branch is a further branch of a request.
type Branch = Target

// MaxBranches is how many branches one transaction may have at once.
const MaxBranches = 12

// Begin makes m the hand for a newly parsed message. The memory of earlier ones is reused.
func (m *Message) Begin(received *sip.Message) {
	m.Edits.Reset()
	m.Forget()
	m.Message = received
	m.Q = QUnset
}

// Forget drops what came of a message, but not the memory of its branches and edits.
func (m *Message) Forget() {
	branches, edits := m.Branches[:0], m.Edits
	m.Hand = Hand{} // in place: a literal with values would be made elsewhere and copied
	m.Branches, m.Edits = branches, edits
}

// Fake is a message for a route that runs later (failure, branch failure): it shares what was
// received and the decisions so far, but its own edits and branches.
func (m *Message) Fake() *Message {
	f := &Message{Message: m.Message, Hand: m.Hand}
	f.Edits = m.Edits.Clone()
	f.Branches = nil
	f.Faked = true
	f.holders, f.free, f.thin = 0, nil, nil
	return f
}

// Keep marks the message as held beyond the route that runs now (by a transaction), so
// that its memory is not used for another one.
func (m *Message) Keep() { m.holders++ }

// Kept tells whether somebody holds the message.
func (m *Message) Kept() bool { return m.holders > 0 }

// OnFree says how the message's memory is given back when its last holder lets go of it.
func (m *Message) OnFree(f func()) { m.free = f }

// LetGo ends one Keep. Nobody who might still look at the message, or at what shares its
// received part (Fake), may be left; a holder who cannot know that never calls it.
func (m *Message) LetGo() {
	if m.holders--; m.holders == 0 && m.free != nil {
		m.free()
	}
}

// OnThin says how the memory of the parsed form is given back.
func (m *Message) OnThin(f func()) { m.thin = f }

// Thin gives up the parsed form of a message that one holder keeps, three quarters of its memory. The text and what came
// of the message stay. As with LetGo, nobody else who might look at the parsed form may be left; who needs it again calls Whole.
func (m *Message) Thin() {
	if m.holders != 1 || m.thin == nil || m.Message == nil {
		return
	}
	m.text, m.Message = m.Raw, nil
	m.thin()
}

// Whole makes the parsed form again after Thin. It is another one: what points into the one before is of no use.
func (m *Message) Whole() *Message {
	if m.Message == nil {
		m.Message, _ = sip.Parse(m.text) // it could be read before
	}
	return m
}

// CurrentURI is the request URI as the script sees it: the rewritten one, or the received one.
func (m *Message) CurrentURI() string {
	if m.Target.URI != "" {
		return m.Target.URI
	}
	return m.RequestURI
}

// SetURI rewrites the request URI; empty gives back the received one.
func (m *Message) SetURI(uri string) { m.Target.URI, m.URIUsed = uri, false }

// NextHop is the URI that decides where the request is sent: the destination URI if set, else the request URI.
func (m *Message) NextHop() string {
	if m.DstURI != "" {
		return m.DstURI
	}
	return m.CurrentURI()
}

// AVPs are the message's variables, made on first use.
func (m *Message) AVPs() *Vars {
	if m.Vars == nil {
		m.Vars = new(Vars)
	}
	return m.Vars
}

// Answer is what a script adds to the replies that the server itself makes for a request (append_to_reply, set_reply_body).
type Answer struct {
	Headers []string // each with its CRLF
	Body    string
	ToTag   string // forced To tag; empty: made from the request
}

// Callback names a script function that is armed for later. Version is the script version
// that armed it (opaque to core), so that a reload that lacks the function does not lose it.
type Callback struct {
	Name    string
	Version any
}

// Set tells whether a callback is armed.
func (c Callback) Set() bool { return c.Name != "" }

// Armed are the callbacks of a transaction.
type Armed struct {
	Branch, Reply, Failure, BranchFailure Callback
}
