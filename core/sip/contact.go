package sip

import "strings"

// ContactParams are the parameters of a Contact value (RFC 3261 20.10, RFC 5626, RFC 3840).
type ContactParams struct {
	Q       int   // preference in thousandths, 0 to 1000; -1 if not given
	Expires int64 // seconds; -1 if not given

	Instance string // +sip.instance without quotes: "<urn:uuid:...>"
	RegID    uint32 // 0 if not given
	Received string
	Methods  Method // set of the methods parameter; 0 if not given
}

// ContactParams reads the parameters of a Contact value. After an error the other parameters are filled all the same: a
// registrar takes its default for an Expires it cannot read (RFC 3261 10.3).
func (a *NameAddr) ContactParams() (ContactParams, error) {
	c := ContactParams{Q: -1, Expires: -1}
	var first error
	for p := ParseParams(a.Params); p.Next(); {
		if err := c.read(&p.Param); err != nil && first == nil {
			first = err
		}
	}
	return c, first
}

func (c *ContactParams) read(p *Param) (err error) {
	switch {
	case EqualFold(p.Name, "expires"):
		return c.readExpires(p.Value)
	case EqualFold(p.Name, "q"):
		return c.readQ(p.Value)
	case EqualFold(p.Name, "reg-id"):
		c.RegID, err = parseUint(p.Value, 1<<31-1)
	case EqualFold(p.Name, "+sip.instance"):
		c.Instance = p.Value
	case EqualFold(p.Name, "received"):
		c.Received = p.Value
	case EqualFold(p.Name, "methods"):
		c.Methods = ParseMethods(p.Value)
	}
	return err
}

func (c *ContactParams) readExpires(s string) error {
	n, err := parseUint(s, 1<<32-1)
	if err == nil {
		c.Expires = int64(n)
	}
	return err
}

func (c *ContactParams) readQ(s string) error {
	q, err := ParseQ(s)
	if err == nil {
		c.Q = q
	}
	return err
}

// ParseQ reads a preference of 0 to 1 with up to three decimals (qvalue of RFC 3261 25.1), in thousandths.
func ParseQ(s string) (int, error) {
	whole, fraction, _ := strings.Cut(s, ".")
	if len(whole) > 1 || len(fraction) > 3 || whole == "" && fraction == "" {
		return 0, ErrNumber
	}
	q := 0
	for i := range 4 {
		digit := byte('0')
		if i == 0 && whole != "" {
			digit = whole[0]
		}
		if i > 0 && i <= len(fraction) {
			digit = fraction[i-1]
		}
		if !isDigit(digit) {
			return 0, ErrNumber
		}
		q = q*10 + int(digit-'0')
	}
	if q > 1000 {
		return 0, ErrNumber
	}
	return q, nil
}

// ParseMethods reads a comma-separated list of methods into a set.
func ParseMethods(list string) (set Method) {
	for list != "" {
		var name string
		name, list, _ = strings.Cut(list, ",")
		if name = trim(name); name != "" {
			set |= ParseMethod(name)
		}
	}
	return set
}

// Allowed gives the methods of all Allow headers as a set; ok says whether there is one.
func (m *Message) Allowed() (set Method, ok bool) {
	for h := m.First(HdrAllow); h != nil; h = m.Next(h) {
		set |= ParseMethods(h.Value)
		ok = true
	}
	return set, ok
}

// HasOption reports whether a list header (Supported, Require, Proxy-Require, Unsupported) names an option tag.
func (m *Message) HasOption(t HeaderType, tag string) bool {
	for h := m.First(t); h != nil; h = m.Next(h) {
		if listHas(h.Value, tag) {
			return true
		}
	}
	return false
}

func listHas(list, item string) bool {
	for list != "" {
		var one string
		one, list, _ = strings.Cut(list, ",")
		if EqualFold(trim(one), item) {
			return true
		}
	}
	return false
}
