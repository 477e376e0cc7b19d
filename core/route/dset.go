package route

import "strconv"

// RedirectContacts is the Contact header of a 3xx: the rewritten request URI and the
// further branches with their q values, or "" if there is neither.
func RedirectContacts(m *Message) string {
	var list []byte
	if m.Target.URI != "" {
		list = appendContact(list, m.Target.URI, m.Target.Q)
	}
	for i := range m.Branches {
		list = appendContact(list, m.Branches[i].URI, m.Branches[i].Q)
	}
	if list == nil {
		return ""
	}
	return "Contact: " + string(list) + "\r\n"
}

func appendContact(dst []byte, uri string, q int) []byte {
	if len(dst) > 0 {
		dst = append(dst, ", "...)
	}
	dst = append(dst, '<')
	dst = append(dst, uri...)
	dst = append(dst, '>')
	if q == QUnset {
		return dst
	}
	return AppendQ(append(dst, ";q="...), q)
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
