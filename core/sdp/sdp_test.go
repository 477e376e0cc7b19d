package sdp

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/sip"
)

const session = "v=0\r\no=al 1 42 IN IP4 192.0.2.1\r\ns=x\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"

const media = "m=audio 4000/2 RTP/AVP 0 96 10\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 x=1\r\na=rtpmap:10 L16/44100\r\n" +
	"m=video 0 RTP/SAVP 99\r\nc=IN IP6 2001:db8::1\r\na=inactive\r\na=rtpmap:99 H264/90000\r\n"

func message(contentType, body string) string {
	return "INVITE sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n" +
		"Content-Type: " + contentType + "\r\n\r\n" + body
}

func TestParse(t *testing.T) {
	d, err := Parse(session + media)
	if err != nil {
		t.Fatal(err)
	}
	if d.Version != "42" || d.Family != 4 || d.Text != session+media {
		t.Errorf("session: %+v", d)
	}
	want := []Stream{
		{Media: "audio", Port: "4000", Transport: "RTP/AVP", Formats: "0 96 10"},
		{Media: "video", Port: "0", Transport: "RTP/SAVP", Formats: "99"},
	}
	text := ""
	for i := range d.Streams {
		text += d.Streams[i].Text
		d.Streams[i].Text = ""
	}
	if !slices.Equal(d.Streams, want) || text != media {
		t.Errorf("streams: %+v", d.Streams)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":      "",
		"no version":   session[5:] + media,
		"no origin":    strings.Replace(session, "o=", "x=", 1) + media,
		"short origin": strings.Replace(session, "al 1 42 IN IP4 192.0.2.1", "al 1", 1) + media,
		"no media":     session,
		"no formats":   session + "m=audio 4000 RTP/AVP \r\n",
		"half a line":  session + "m=audio\r\n",
		"bad address":  strings.Replace(session, "c=IN IP4", "c=IN XX", 1) + media,
		"no address":   strings.Replace(session, "c=IN IP4 192.0.2.1\r\n", "", 1) + media,
	} {
		if d, err := Parse(text); !errors.Is(err, ErrSyntax) {
			t.Errorf("%s: got %+v, %v", name, d, err)
		}
	}
}

func TestFromMessage(t *testing.T) {
	const part = "--B\r\nContent-Type: application/sdp\r\n\r\n" + session + media
	for _, x := range []struct {
		name, contentType, body string
		streams                 int
		present                 bool
		err                     error
	}{
		{"plain", "application/sdp", session + media, 2, true, nil},
		{"case and parameters", "Application/SDP;charset=x", session + media, 2, true, nil},
		{"lines end with LF", "application/sdp", strings.ReplaceAll(session+media, "\r", ""), 2, true, nil},
		{"other type", "text/plain", session + media, 0, false, ErrType},
		{"empty", "application/sdp", "", 0, false, ErrNoBody},
		{"bad", "application/sdp", "hello", 0, true, ErrSyntax},
		{"part", `multipart/mixed;boundary="B"`, "preamble\r\n" + part + "--B--\r\nx", 2, true, nil},
		{"open part", "multipart/mixed;boundary=B", part, 2, true, nil},
		{"two parts", "multipart/mixed;boundary=B", part + part + "--B--\r\n", 4, true, nil},
		{"no such part", "multipart/mixed;boundary=B", "--B\r\nContent-Type: text/plain\r\n\r\nx\r\n--B--\r\n", 0, false, nil},
		{"no boundary", "multipart/mixed", part, 0, false, ErrType},
	} {
		m, err := sip.Parse(message(x.contentType, x.body))
		if err != nil {
			t.Fatal(err)
		}
		d, err := FromMessage(m)
		if !errors.Is(err, x.err) || err == nil && len(d.Streams) != x.streams {
			t.Errorf("%s: got %+v, %v", x.name, d, err)
		}
		if got := Present(m); got != x.present {
			t.Errorf("%s: present is %t", x.name, got)
		}
	}
}

func TestFormats(t *testing.T) {
	s := Stream{Formats: "0 96 10 101"}
	for id, want := range map[string]bool{"0": true, "1": false, "10": true, "96 10": true, "0 10": false, "": false, "101": true} {
		if got := s.HasFormat(id); got != want {
			t.Errorf("%q: got %t", id, got)
		}
	}
	for line, want := range map[string]bool{
		"a=rtpmap:10 L16/8000\r\n": true, "a=RTPMAP:10 x": true, "a=fmtp:10 x": true, "a=rtcp-fb:10 nack": true,
		"a=rtpmap:101 x": false, "a=fmtp:10": false, "a=ptime:10 x": false, "A=fmtp:10 x": false, "": false,
	} {
		if got := AboutFormat(line, "10"); got != want {
			t.Errorf("%q: got %t", line, got)
		}
	}
	d, _ := Parse(session + media)
	if got := d.FormatsNamed("OPUS"); !slices.Equal(got, []string{"96"}) {
		t.Errorf("opus: got %v", got)
	}
}

func TestActive(t *testing.T) {
	for text, want := range map[string]bool{
		"m=audio 1 RTP/AVP 0\r\n":                             true,
		"m=audio 0 RTP/AVP 0\r\na=sendrecv\r\n":               false,
		"m=audio 1 RTP/AVP 0\r\na=INACTIVE\r\n":               false,
		"m=audio 1 RTP/AVP 0\r\na=inactive\r\na=sendonly\r\n": true,
		"m=audio 1 RTP/AVP 0\r\na=sendonly\r\na=inactive\r\n": false,
	} {
		d, err := Parse(session + text)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Streams[0].Active(); got != want {
			t.Errorf("%q: got %t", text, got)
		}
	}
}

func TestCursor(t *testing.T) {
	c := NewCursor("a\r\n\nlast")
	var got []string
	for c.Next() {
		got = append(got, c.Line)
	}
	if !slices.Equal(got, []string{"a\r\n", "\n", "last"}) || c.Next() || c.Line != "" {
		t.Errorf("got %q", got)
	}
}

// FuzzDescription checks that the streams of a description are its text from the first m= line on, and that reading it again
// gives the same.
func FuzzDescription(f *testing.F) {
	f.Add(session + media)
	f.Add(strings.ReplaceAll(session+media, "\r", ""))
	f.Add("v=0\no=a b c d\nc=IN IP4 x\nm=a b c d")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse(text)
		if err != nil {
			return
		}
		head, _ := cutMedia(text)
		again := head
		for i := range d.Streams {
			again += d.Streams[i].Text
			d.Streams[i].Active()
		}
		if again != text {
			t.Fatalf("streams of %q give %q", text, again)
		}
		same, err := Parse(again)
		if err != nil || len(same.Streams) != len(d.Streams) {
			t.Fatalf("%q read again: %d streams, not %d, %v", text, len(same.Streams), len(d.Streams), err)
		}
	})
}

// FuzzBody looks for descriptions in bodies of all kinds.
func FuzzBody(f *testing.F) {
	f.Add("multipart/mixed;boundary=B", "--B\r\nContent-Type: application/sdp\r\n\r\n"+session+media+"--B--")
	f.Add("application/sdp", session+media)
	f.Fuzz(func(t *testing.T, contentType, body string) {
		m, err := sip.Parse(message(contentType, body))
		if err != nil {
			return
		}
		d, err := FromMessage(m)
		if err == nil && len(d.Streams) > 0 && !Present(m) {
			t.Fatal("a description that is not present")
		}
	})
}

func BenchmarkFromMessage(b *testing.B) {
	m, err := sip.Parse(message("application/sdp", session+media))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := FromMessage(m); err != nil {
			b.Fatal(err)
		}
	}
}
