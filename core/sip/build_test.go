package sip

import "testing"

func TestBuild(t *testing.T) {
	b := AppendRequestLine(nil, "OPTIONS", "sip:h")
	b = AppendCSeq(b, 7, "OPTIONS")
	b = AppendHeader(b, "Call-ID", "x")
	b = AppendBody(b, "text")
	if want := "OPTIONS sip:h SIP/2.0\r\nCSeq: 7 OPTIONS\r\nCall-ID: x\r\nContent-Length: 4\r\n\r\ntext"; string(b) != want {
		t.Errorf("%q", b)
	}
	if m, err := Parse(string(b)); err != nil || m.Body() != "text" {
		t.Errorf("%+v, %v", m, err)
	}
	for status, want := range map[int]string{100: "Trying", 404: "Not Found", 606: "Not Acceptable", 299: "", -1: "", 999: ""} {
		if got := ReasonPhrase(status); got != want {
			t.Errorf("%d: %q", status, got)
		}
	}
	if got := string(AppendStatusLine(nil, 404, "")) + string(AppendStatusLine(nil, 200, "Fine")); got != "SIP/2.0 404 Not Found\r\nSIP/2.0 200 Fine\r\n" {
		t.Errorf("%q", got)
	}
}
