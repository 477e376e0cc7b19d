package route

import "strconv"

// RedirectContacts is the Contact header of a 3xx: the rewritten request URI and the
// further branches with their q values, or "" if there is neither.
func RedirectContacts(m *Message) string { return redirectContacts(m, false) }

// RichRedirectContacts is the same with the branch flags of each (rich_redirect).
func RichRedirectContacts(m *Message) string { return redirectContacts(m, true) }

func redirectContacts(m *Message, flags bool) string {
	var list []byte
	if m.Target.URI != "" {
		list = appendContact(list, &m.Target, flags)
	}
	for i := range m.Branches {
		list = appendContact(list, &m.Branches[i], flags)
	}
	if list == nil {
		return ""
	}
	return "Contact: " + string(list) + "\r\n"
}

func appendContact(dst []byte, t *Target, flags bool) []byte {
	if len(dst) > 0 {
		dst = append(dst, ", "...)
	}
	dst = append(dst, '<')
	dst = append(dst, t.URI...)
	dst = append(dst, '>')
	if t.Q != QUnset {
		dst = AppendQ(append(dst, ";q="...), t.Q)
	}
	if flags {
		dst = strconv.AppendUint(append(dst, ";flags="...), uint64(t.Flags), 10)
	}
	return dst
}

// AppendQ writes a preference of thousandths as a qvalue, without trailing zeros.
func AppendQ(dst []byte, q int) []byte {
	if q >= 1000 {
		return append(dst, '1')
	}
	dst = append(dst, "0."...)
	if q == 0 {
		return dst[:len(dst)-1]
	}
	for scale := 100; q > 0; scale /= 10 {
		dst = strconv.AppendInt(dst, int64(q/scale), 10)
		q %= scale
	}
	return dst
}
