package sip

import (
	"os"
	"path/filepath"
	"testing"
)

// within fails unless each part is empty or stands in the text.
func within(t *testing.T, text string, parts ...string) {
	t.Helper()
	m := Message{Raw: text}
	for _, part := range parts {
		if part != "" && m.Offset(part) < 0 {
			t.Errorf("%q is no part of %q", part, text)
		}
	}
}

func FuzzURI(f *testing.F) {
	for _, s := range []string{"sip:u:p@h:5060;lr;transport=tcp?a=b", "tel:+1;ext=2", "urn:service:sos", "sip:[::1]:1", "sip:h;?", "sip:u;@h;=;="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := ParseURI(s)
		within(t, s, u.SchemeText, u.User, u.Password, u.Host, u.Port, u.Params, u.Headers, u.Transport(), u.UserParam(), u.Maddr())
		if err != nil {
			return
		}
		printed := string(u.Append(nil))
		again, err := ParseURI(printed)
		if err != nil {
			t.Fatalf("%q printed as %q: %v", s, printed, err)
		}
		u.Raw, again.Raw = "", ""
		if u != again {
			t.Fatalf("%q printed as %q:\n%+v\n%+v", s, printed, u, again)
		}
		if !u.hasMany() && !u.Equal(&again) && !repeats(u.Params, ';') && !repeats(u.Headers, '&') {
			t.Fatalf("%q is not equal to itself", s)
		}
	})
}

// repeats finds a parameter that stands there twice: no URI with one is equal to any other.
func repeats(params string, sep byte) bool {
	for p := (Params{rest: params, sep: sep}); p.Next(); {
		for q := (Params{rest: p.rest, sep: sep}); q.Next(); {
			if EqualFold(p.Name, q.Name) {
				return true
			}
		}
	}
	return false
}

func FuzzNameAddr(f *testing.F) {
	for _, s := range []string{`"A, \"B" <sip:a@b;x>;tag=1;y="z,"`, "sip:a@b;tag=1, <sip:c>", "A B<sip:c>", "<sip:a>;;", `"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, rest, err := ParseNameAddr(s)
		within(t, s, a.Raw, a.Display, a.URIText, a.Params, a.Tag, rest)
		if err != nil {
			return
		}
		if u, err := a.URI(); err == nil {
			within(t, s, u.User, u.Host)
		}
		_, _ = a.ContactParams()
		printed := string(a.Append(nil))
		again, rest, err := ParseNameAddr(printed)
		if err != nil || rest != "" || again.Display != a.Display || again.URIText != a.URIText || again.Params != a.Params ||
			again.Tag != a.Tag || again.HasBrackets != a.HasBrackets {
			t.Fatalf("%q printed as %q:\n%+v\n%+v\n%q %v", s, printed, a, again, rest, err)
		}
	})
}

func FuzzVia(f *testing.F) {
	for _, s := range []string{"SIP/2.0/UDP h:1;branch=a;rport, x", "SIP / 2.0 / TCP [::1] ; i = 2", `SIP/2.0/UDP h;a="<,"`, "SIP/2.0/UDP h;;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, rest, err := ParseVia(s)
		within(t, s, v.Raw, v.Protocol, v.Version, v.Transport, v.Host, v.Port, v.Params, v.Branch, v.Received, v.RPort, rest)
		if err != nil {
			return
		}
		printed := string(v.Append(nil))
		again, rest, err := ParseVia(printed)
		v.Raw, again.Raw = "", ""
		if err != nil || rest != "" || again != v {
			t.Fatalf("%q printed as %q:\n%+v\n%+v\n%q %v", s, printed, v, again, rest, err)
		}
	})
}

func FuzzMessage(f *testing.F) {
	f.Add(invite)
	f.Add(crlf(options))
	files, _ := filepath.Glob("testdata/torture/*.sip")
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil {
			f.Add(crlf(string(text)))
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := Parse(s)
		if err != nil && err != ErrVersion {
			return
		}
		checkTiling(t, m)
		refused(s)
		_, _ = m.SecondVia()
		_, _, _ = m.Credentials(HdrAuthorization, "")
		within(t, m.Raw, m.CallID(), m.Body(), m.RequestURI, m.Reason, m.MethodName, m.Version)
		if n := len(m.Body()); n > len(m.Raw)-m.BodyStart {
			t.Errorf("body of %d bytes", n)
		}
	})
}

// checkTiling fails unless the headers cover the text between the start line and the blank line without a gap.
func checkTiling(t *testing.T, m *Message) {
	t.Helper()
	at := m.HeadersStart
	for i := range m.Headers {
		h := &m.Headers[i]
		if h.Start != at || h.End <= h.Start {
			t.Fatalf("header %d spans %d to %d after %d", i, h.Start, h.End, at)
		}
		within(t, m.Raw[h.Start:h.End], h.Name, h.Value)
		again, err := Parse("OPTIONS sip:h SIP/2.0\r\n" + m.Raw[h.Start:h.End] + "\r\n")
		if err != nil || len(again.Headers) != 1 || again.Headers[0].Name != h.Name || again.Headers[0].Value != h.Value {
			t.Fatalf("header %q read again: %+v, %v", m.Raw[h.Start:h.End], again.Headers, err)
		}
		at = h.End
	}
	if at != m.HeadersEnd || m.BodyStart < at || m.BodyStart > len(m.Raw) {
		t.Fatalf("headers end at %d, not %d; body at %d of %d", at, m.HeadersEnd, m.BodyStart, len(m.Raw))
	}
}

// FuzzShortCuts: what is looked for first, since nearly all messages have it, is read as the general way reads it.
func FuzzShortCuts(f *testing.F) {
	for _, s := range []string{"branch=z9hG4bK1;rport", "a;b", "a=b;", "a=b=c;d", `a="x;y"`, " a ; b", "From: x\n", "to :", "Via:", "Content-Length:1\r\n", "Tom: x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s == "" {
			return
		}
		name, value, rest, sound, more := nextParam(s)
		if n, v, r, so, m := anyParam(s); n != name || v != value || r != rest || so != sound || m != more {
			t.Errorf("parameter %q: %q %q %q %v %v, else %q %q %q %v %v", s, name, value, rest, sound, more, n, v, r, so, m)
		}
		kind, end := usualName(s, 0)
		if kind == HdrOther {
			return
		}
		if e, colon := nameAndColon(s, 0); e != end || colon != end || s[colon] != ':' || HeaderTypeOf(s[:e]) != kind {
			t.Errorf("header %q: type %d, %d bytes; else type %d, %d bytes, colon at %d", s, kind, end, HeaderTypeOf(s[:e]), e, colon)
		}
	})
}
