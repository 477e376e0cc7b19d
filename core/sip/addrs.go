package sip

// Addrs walks over the addresses of all headers of one type:
//
//	for routes := m.Routes(); routes.Next(); {
//		use(&routes.Addr, routes.Header)
//	}
type Addrs struct {
	Addr   NameAddr // the present one, after Next returned true
	Header *Header  // the header that holds it
	Star   bool     // the value is "*" (Contact only)

	message *Message
	rest    string
	err     error
}

// Contacts walks over the Contact headers.
func (m *Message) Contacts() Addrs { return m.Addresses(HdrContact) }

// Routes walks over the Route headers.
func (m *Message) Routes() Addrs { return m.Addresses(HdrRoute) }

// RecordRoutes walks over the Record-Route headers.
func (m *Message) RecordRoutes() Addrs { return m.Addresses(HdrRecordRoute) }

// Addresses walks over all headers of a type that holds a list of addresses.
func (m *Message) Addresses(t HeaderType) Addrs {
	a := Addrs{message: m, Header: m.First(t)}
	if a.Header != nil {
		a.rest = a.Header.Value
	}
	return a
}

// Next steps to the next address and reports whether there is one. It stops at a broken one: see Err.
func (a *Addrs) Next() bool {
	for a.Header != nil && a.err == nil {
		if a.rest = trimLeft(a.rest); a.rest != "" {
			return a.read()
		}
		if a.Header = a.message.Next(a.Header); a.Header != nil {
			a.rest = a.Header.Value
		}
	}
	return false
}

func (a *Addrs) read() bool {
	a.Star = a.Header.Type == HdrContact && trimRight(a.rest) == "*"
	if a.Star {
		a.Addr, a.rest = NameAddr{Raw: "*"}, ""
		return true
	}
	a.rest, a.err = a.Addr.Parse(a.rest)
	return a.err == nil
}

// Err tells what stopped the walk, or nil if it came to its end.
func (a *Addrs) Err() error { return a.err }
