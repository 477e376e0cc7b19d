package msilo

import (
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/sip"
)

func TestSendTime(t *testing.T) {
	at := func(text string) int64 {
		v, err := time.ParseInLocation(time.DateTime, text, time.Local)
		if err != nil {
			t.Fatal(err)
		}
		return v.Unix()
	}
	for text, want := range map[string]int64{
		"20300102030405": at("2030-01-02 03:04:05"),
		"203001020304":   at("2030-01-02 03:04:00"),
		"20300102":       at("2030-01-02 00:00:00"),
		"203001021":      at("2030-01-02 10:00:00"), // a lone digit counts tens
		"2030":           at("2029-12-31 00:00:00"), // and a missing day is the one before the first
		"203":            at("2029-12-31 00:00:00"),
		"20300":          at("2029-11-30 00:00:00"),
		"203012":         at("2030-11-30 00:00:00"),
		"20300230":       at("2030-03-02 00:00:00"),
	} {
		if got := sendTime(text); got != want {
			t.Errorf("%s: %v, want %v", text, time.Unix(got, 0), time.Unix(want, 0))
		}
	}
	for _, none := range []string{
		"", "x", "0", "1", "00010101000000", "2030-01-01", "20301301", "20300132", "2030010124", "203001010060", "20300101000060",
		"203001010000000", "99990101000000",
	} {
		if got := sendTime(none); got != 0 {
			t.Errorf("%q: %v, want none", none, time.Unix(got, 0))
		}
	}
}

func FuzzSendTime(f *testing.F) {
	f.Add("20300102030405")
	f.Fuzz(func(t *testing.T, text string) {
		if got := sendTime(text); got < 0 || got > 1<<31-1 {
			t.Errorf("%q: %d does not fit the column", text, got)
		}
	})
}

func TestMediaType(t *testing.T) {
	for value, want := range map[string]string{
		"text/plain": "text/plain", "TEXT/Plain; charset=utf-8": "text/plain", "text / plain": "text/plain", "Text/XML;a=b": "Text/XML",
		"application/im-iscomposing+xml": "application/im-iscomposing+xml",
		"":                               "", "text": "", "text/": "", "/plain": "", `"x"`: "", "*/*": "", "text/plain,text/html": "",
	} {
		if got := mediaType(value); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

func FuzzMediaType(f *testing.F) {
	f.Add("text/plain; charset=utf-8")
	f.Fuzz(func(t *testing.T, value string) {
		got := mediaType(value)
		if strings.ContainsAny(got, "\r\n") || got != "" && mediaType(got) != got {
			t.Errorf("%q: %q", value, got)
		}
	})
}

func TestKeptHeaders(t *testing.T) {
	for name, want := range map[string]bool{
		"X-Note": true, "P-Asserted-Identity": true, "Reply-To": true, "MIME-Version": true, "Privacy": true, "Warning": true,
		"Subject": false, "Date": false, "Call-Info": false, "Via": false, "Content-Type": false, "Priority": false, "Route": false, "User-Agent": false,
	} {
		h := sip.Header{Name: name, Type: sip.HeaderTypeOf(name)}
		if got := kept(&h); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func parse(t *testing.T, headers ...string) *sip.Message {
	t.Helper()
	m, err := sip.Parse("REGISTER sip:h.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:b@h.test>;tag=1\r\n" +
		"To: <sip:b@h.test>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n" + strings.Join(append(headers, ""), "\r\n") + "\r\n")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTakesMessages(t *testing.T) {
	const contact = "Contact: <sip:b@192.0.2.1>"
	for _, c := range []struct {
		headers []string
		want    bool
	}{
		{[]string{contact}, true},
		{[]string{contact, "Expires: 600"}, true},
		{nil, false},
		{[]string{"Contact: *", "Expires: 0"}, false},
		{[]string{contact, "Expires: 0"}, false},
		{[]string{contact, "Expires: abc"}, false},
		{[]string{contact + ";expires=0", "Expires: 600"}, false},
		{[]string{contact + ";expires=10", "Expires: 0"}, true},
		{[]string{contact + ";expires=abc"}, false},
		{[]string{contact + ";expires=0, <sip:x@y>;expires=5"}, true},
		{[]string{contact + ";expires=0", "Contact: <sip:x@y>"}, true},
		{[]string{contact, "Allow: INVITE, ACK"}, false},
		{[]string{contact, "Allow:"}, false},
		{[]string{contact, "Allow: INVITE", "Allow: MESSAGE"}, true},
		{[]string{contact + `;methods="INVITE"`}, true},
		{[]string{contact + `;methods="MESSAGE"`, "Allow: INVITE"}, true},
	} {
		if got := takesMessages(parse(t, c.headers...)); got != c.want {
			t.Errorf("%q: %v", c.headers, got)
		}
	}
}

func TestNotified(t *testing.T) {
	s := &state{useContact: 1}
	for _, c := range []struct{ headers, want string }{
		{"", "sip:a@h"},
		{"Contact: <sip:1@x;p=1>;expires=5", "sip:1@x;p=1"},
		{"Contact: sip:b@x;p=1", "sip:b@x"},
		{"Contact: <sip:1@x>, <sip:2@x>\r\nContact: <sip:3@x>", "sip:2@x"},
		{"Contact: *", "sip:a@h"},
		{"Contact: <sips:1@x>", "sip:a@h"},
		{"Contact: <tel:1>", "sip:a@h"},
	} {
		var headers []string
		if c.headers != "" {
			headers = append(headers, c.headers)
		}
		if got := s.notified(parse(t, headers...), "sip:a@h"); got != c.want {
			t.Errorf("%q: %s, want %s", c.headers, got, c.want)
		}
	}
	s.useContact = 0
	if got := s.notified(parse(t, "Contact: <sip:1@x>"), "sip:a@h"); got != "sip:a@h" {
		t.Errorf("with use_contact=0: %s", got)
	}
}
