package location

import (
	"slices"
	"strings"

	"github.com/moonroute/moonroute/core/flow"
)

// QUnset is the Q of a contact that named none.
const QUnset = -1

// AllMethods is the Methods value of a contact that named none: it takes every request.
const AllMethods = 0xffffffff

// FlagMemory is the bit of Flags that keeps a contact out of the database of a table that is
// kept in memory too.
const FlagMemory = 1

// Contact is one binding of an address of record (RFC 3261 10). A stored contact is never
// changed: a refresh puts a new one in its place, so everybody may keep and read a pointer.
type Contact struct {
	AOR       string // the address of record; set when the contact is stored
	URI       string
	CallID    string
	Received  string // URI of the address that the REGISTER came from, for clients behind NAT
	Path      string // Path header values, in their order (RFC 3327)
	UserAgent string
	Instance  string // +sip.instance with its angle brackets (RFC 5626)
	RUID      string // the binding's own id; Insert makes one if it is empty

	Expires      int64 // Unix seconds; 0: never
	LastModified int64 // Unix seconds

	Socket *flow.Socket // where the REGISTER came in; requests leave from there
	Conn   flow.ConnID  // the connection that it came over; 0 for datagrams
	Attrs  []Attr       // what a script keeps with the contact (xavp_contact)

	CSeq     uint32
	Methods  uint32 // a bit for each method that the contact takes
	Flags    uint32
	CFlags   uint32 // branch flags to set when a request goes to the contact
	RegID    int32  // reg-id (RFC 5626); 0: none
	ServerID int32  // the server that holds the binding
	place    int32  // in the stripe's expiry heap; under the stripe's lock
	Q        int16  // preference in thousandths, or QUnset
}

// Attr is one attribute that a script keeps with a contact: a number or a text.
type Attr struct {
	Name, Text string
	Num        int64
	IsNum      bool
}

// Valid tells that the contact has not expired at an instant in Unix seconds.
func (c *Contact) Valid(now int64) bool { return c.Expires == 0 || c.Expires > now }

// keep detaches the texts of c from the message that they were read in, which would stay
// in memory with them. Texts that old has already are shared with it.
func (c *Contact) keep(old *Contact, agents *agents) {
	if old != nil && old.UserAgent == c.UserAgent {
		c.UserAgent = old.UserAgent
	} else {
		c.UserAgent = agents.share(c.UserAgent)
	}
	c.keepAttrs()
	if old != nil && c.sameTexts(old) {
		c.URI, c.CallID, c.Received = old.URI, old.CallID, old.Received
		c.Path, c.Instance, c.RUID = old.Path, old.Instance, old.RUID
		return
	}
	c.pack()
}

func (c *Contact) keepAttrs() {
	if len(c.Attrs) == 0 {
		c.Attrs = nil
		return
	}
	c.Attrs = slices.Clone(c.Attrs)
	for i := range c.Attrs {
		c.Attrs[i].Name, c.Attrs[i].Text = strings.Clone(c.Attrs[i].Name), strings.Clone(c.Attrs[i].Text)
	}
}

func (c *Contact) sameTexts(o *Contact) bool {
	return c.URI == o.URI && c.CallID == o.CallID && c.Received == o.Received &&
		c.Path == o.Path && c.Instance == o.Instance && c.RUID == o.RUID
}

// pack copies the texts into one piece of memory.
func (c *Contact) pack() {
	fields := [...]*string{&c.URI, &c.CallID, &c.Received, &c.Path, &c.Instance, &c.RUID}
	size := 0
	for _, f := range fields {
		size += len(*f)
	}
	var b strings.Builder
	b.Grow(size)
	for _, f := range fields {
		b.WriteString(*f)
	}
	text := b.String()
	for _, f := range fields {
		n := len(*f)
		*f, text = text[:n], text[n:]
	}
}
