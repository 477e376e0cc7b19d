package sip

import "testing"

func TestContentLength(t *testing.T) {
	for _, test := range []struct {
		headers string
		n       int
		ok, bad bool
	}{
		{"", 0, false, false},
		{"l: 12 \n", 12, true, false},
		{"Content-Length: 0\n", 0, true, false},
		{"Content-Length: 5\nl: 5\n", 5, true, false},
		{"Content-Length: 5\nl: 6\n", 5, true, true},
		{"Content-Length: -1\n", 0, true, true},
		{"Content-Length: 99999999999999999999\n", 0, true, true},
		{"Content-Length:\n", 0, true, true},
	} {
		m := parseText(t, "OPTIONS sip:h SIP/2.0\n"+test.headers+"\n")
		n, ok, err := m.ContentLength()
		if n != test.n || ok != test.ok || (err != nil) != test.bad {
			t.Errorf("%q: %d %v %v", test.headers, n, ok, err)
		}
	}
}

func TestNumbers(t *testing.T) {
	m := parseText(t, "OPTIONS sip:h SIP/2.0\nMax-Forwards: 0068\nExpires: 2147483648\n\n")
	if n, ok, err := m.MaxForwards(); n != 68 || !ok || err != nil {
		t.Errorf("Max-Forwards %d %v %v", n, ok, err)
	}
	if n, ok, err := m.Expires(); n != 0 || !ok || err == nil {
		t.Errorf("Expires %d %v %v", n, ok, err)
	}
	if _, ok, err := m.MinExpires(); ok || err != nil {
		t.Errorf("Min-Expires %v %v", ok, err)
	}
}

func TestBody(t *testing.T) {
	for length, want := range map[string]string{"": "body", "l: 2\n": "bo", "l: 9\n": "body", "l: x\n": "body"} {
		m := parseText(t, "MESSAGE sip:h SIP/2.0\n"+length+"\nbody")
		if got := m.Body(); got != want {
			t.Errorf("%q: %q, want %q", length, got, want)
		}
	}
}

func TestCSeq(t *testing.T) {
	for _, test := range []struct {
		value, number, name string
		n                   uint32
		err                 error
	}{
		{"1 INVITE", "1", "INVITE", 1, nil},
		{"0009\r\n INVITE ", "0009", "INVITE", 9, nil},
		{"4294967295\tBYE", "4294967295", "BYE", 4294967295, nil},
		{"4294967296 BYE", "4294967296", "BYE", 0, ErrNumber},
		{"99999999999999999999 BYE", "99999999999999999999", "BYE", 0, ErrNumber},
		{"one OPTIONS", "one", "OPTIONS", 0, ErrNumber},
		{"-1 OPTIONS", "-1", "OPTIONS", 0, ErrNumber},
		{"1", "1", "", 0, ErrCSeq},
		{"", "", "", 0, ErrCSeq},
		{"1 INVITE x", "1", "INVITE x", 0, ErrCSeq},
	} {
		c, err := ParseCSeq(test.value)
		if err != test.err || c.NumberText != test.number || c.MethodName != test.name || c.Number != test.n {
			t.Errorf("%q: %+v, %v", test.value, c, err)
		}
	}
}
