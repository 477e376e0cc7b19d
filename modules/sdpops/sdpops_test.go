package sdpops

import (
	"fmt"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/pv"
)

const head = "INVITE sip:bob@x SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\nFrom: <sip:a@x>;tag=1\n" +
	"To: <sip:bob@x>\nCall-ID: c\nCSeq: 1 INVITE\n"

const offer = "v=0\no=al 1 42 IN IP4 192.0.2.1\ns=x\nc=IN IP4 192.0.2.1\nt=0 0\n" +
	"m=audio 4000 RTP/AVP 0 8 96\na=rtpmap:96 opus/48000/2\na=fmtp:96 x=1\n" +
	"m=video 0 RTP/SAVP 99\na=rtpmap:99 H264/90000\na=inactive\n"

func message(contentType, body string) string {
	text := head + "Content-Type: " + contentType + "\nContent-Length: "
	body = strings.ReplaceAll(body, "\n", "\r\n")
	return strings.ReplaceAll(text, "\n", "\r\n") + fmt.Sprint(len(body)) + "\r\n\r\n" + body
}

var (
	withOffer  = message("application/sdp", offer)
	multipart  = message("multipart/mixed;boundary=B", "--B\nContent-Type: application/sdp\n\n"+offer+"--B--\n")
	other      = message("text/plain", "hello")
	bad        = message("application/sdp", "hello")
	empty      = message("application/sdp", "")
	unparsed   = message("application/sdp", "v=0\nm=audio\n")
	everything = []string{withOffer, multipart, other, bad, empty, unparsed}
)

func args(list ...any) (vals []kemi.Value) {
	for _, x := range list {
		switch x := x.(type) {
		case int:
			vals = append(vals, kemi.Int(x))
		case string:
			vals = append(vals, kemi.Str(x))
		}
	}
	return vals
}

// TestQueries has what each function gives for: an offer, one in a part, another type, no description, no body, half a one.
func TestQueries(t *testing.T) {
	h := kemitest.Start(t, "", pv.Module, Module)
	for _, x := range []struct {
		name string
		args []kemi.Value
		want [6]int
	}{
		{"sdp_content", nil, [6]int{1, 1, -1, -1, -1, -1}},
		{"sdp_content_flags", args(1), [6]int{1, 1, -1, 1, -1, 1}},
		{"sdp_with_media", args("AUDIO"), [6]int{1, 1, -1, -1, 0, -1}},
		{"sdp_with_media", args("text"), [6]int{0, 0, -1, -1, 0, -1}},
		{"sdp_with_active_media", args("video"), [6]int{0, 0, -1, -1, 0, -1}},
		{"sdp_with_transport", args("rtp/savp"), [6]int{1, 1, -1, -1, -1, -1}},
		{"sdp_with_transport", args("RTP"), [6]int{-1, -1, -1, -1, -1, -1}},
		{"sdp_with_transport_like", args("SAVP"), [6]int{1, 1, -1, -1, -1, -1}},
		{"sdp_with_transport_like", args("savp"), [6]int{-1, -1, -1, -1, -1, -1}},
		{"sdp_with_codecs_by_id", args("0,8"), [6]int{2, 2, -1, -1, -1, -1}},
		{"sdp_with_codecs_by_id", args("77"), [6]int{0, 0, -1, -1, -1, -1}},
		{"sdp_with_codecs_by_name", args("Opus, pcma"), [6]int{2, 2, -1, -1, -1, -1}},
		{"sdp_with_codecs_by_name", args("nosuch"), [6]int{-1, -1, -1, -1, -1, -1}},
		{"sdp_with_ice", nil, [6]int{-1, -1, -1, -1, -1, -1}},
		{"sdp_get_address_family", nil, [6]int{4, 4, -1, -1, -1, -1}},
		{"sdp_get", args("$avp(x)"), [6]int{1, 1, -1, -1, -2, -1}},
		{"sdp_get", args("$var(x)"), [6]int{-1, -1, -1, -1, -1, -1}},
		{"sdp_transport", args("$avp(x)"), [6]int{-2, -2, -1, -1, 1, -1}},
		{"sdp_get_line_startswith", args("$avp(x)", "o="), [6]int{1, 1, -1, -1, -2, -1}},
		{"sdp_get_line_startswith", args("$avp(x)", "k="), [6]int{-1, -1, -1, -1, -2, -1}},
		{"sdp_print", args(0), [6]int{1, 1, -1, -1, 1, -1}},
	} {
		for i, text := range everything {
			h.Run(text, func(c *kemi.Ctx) {
				if got := h.Call(c, "sdpops", x.name, x.args...); got != kemi.Int(x.want[i]) {
					t.Errorf("%s(%v) with message %d: got %v, want %d", x.name, x.args, i, got, x.want[i])
				}
			})
		}
	}
}

// edit is a change of the offer: what is replaced in its text.
type edit struct {
	name string
	args []kemi.Value
	want int
	diff []string
}

var edits = []edit{
	{"remove_codecs_by_id", args("8", ""), 0, []string{" 8", ""}},
	{"remove_codecs_by_id", args("96,99", "audio"), 0, []string{" 96", "", "a=rtpmap:96 opus/48000/2\n", "", "a=fmtp:96 x=1\n", ""}},
	{"remove_codecs_by_id", args("9", ""), 0, nil},
	{"remove_codecs_by_name", args("H264", ""), 0, []string{" 99\n", "\n", "a=rtpmap:99 H264/90000\n", ""}},
	{"remove_codecs_by_name", args("nosuch", ""), -1, nil},
	{"keep_codecs_by_name", args("PCMU,PCMA", "audio"), 0, []string{" 96", "", "a=rtpmap:96 opus/48000/2\n", "", "a=fmtp:96 x=1\n", ""}},
	{"keep_codecs_by_id", args("0,8,96", ""), 0, []string{" 99\n", "\n", "a=rtpmap:99 H264/90000\n", ""}},
	{"remove_media", args("video"), 1, []string{offer[strings.Index(offer, "m=video"):], ""}},
	{"remove_media", args(""), 0, nil},
	{"remove_line_by_prefix", args("a=rtpmap", ""), 2, []string{"a=rtpmap:96 opus/48000/2\n", "", "a=rtpmap:99 H264/90000\n", ""}},
	{"remove_line_by_prefix", args("a=rtpmap", "video"), 1, []string{"a=rtpmap:99 H264/90000\n", ""}},
}

func TestEdits(t *testing.T) {
	h := kemitest.Start(t, "", pv.Module, Module)
	for _, x := range edits {
		want := message("application/sdp", strings.NewReplacer(x.diff...).Replace(offer))
		h.Run(withOffer, func(c *kemi.Ctx) {
			for range 2 { // a second call finds the same and changes nothing more
				if got := h.Call(c, "sdpops", x.name, x.args...); got != kemi.Int(x.want) {
					t.Errorf("%s(%v): got %v, want %d", x.name, x.args, got, x.want)
				}
			}
			if got := c.Msg.Changed(); got != want {
				t.Errorf("%s(%v): got %q", x.name, x.args, got)
			}
		})
	}
}

func TestSessionVersion(t *testing.T) {
	h := kemitest.Start(t, "", pv.Module, Module)
	h.Run(withOffer, func(c *kemi.Ctx) {
		v := c.Server.Registry.FindVar("$sdp(sess_version)")
		if v.Set(c, kemi.Int(7)) {
			t.Error("written before the description was read")
		}
		if got := v.Get(c); got != kemi.Int(42) {
			t.Errorf("got %v", got)
		}
		if v.Set(c, kemi.Str("7")) || !v.Set(c, kemi.Int(-1)) {
			t.Error("want numbers only")
		}
		if err := c.Msg.ApplyChanges(); err != nil {
			t.Fatal(err)
		}
		if got := v.Get(c); got != kemi.Int(43) {
			t.Errorf("after the change: got %v", got)
		}
	})
}

func TestIterator(t *testing.T) {
	h := kemitest.Start(t, "", pv.Module, Module)
	call := func(c *kemi.Ctx, name string, list ...any) kemi.Value {
		return h.Call(c, "sdpops", "sdp_iterator_"+name, args(list...)...)
	}
	h.Run(withOffer, func(c *kemi.Ctx) {
		call(c, "start", "i")
		for call(c, "next", "i") == yes {
			switch line := call(c, "value", "i").Text(); {
			case strings.HasPrefix(line, "s="):
				call(c, "rm", "i")
			case strings.HasPrefix(line, "t="):
				call(c, "insert", "i", "b=AS:1\r\n")
				call(c, "append", "i", "a=added\r\n")
			}
		}
		want := strings.NewReplacer("s=x\n", "", "t=0 0\n", "b=AS:1\nt=0 0\na=added\n").Replace(offer)
		if got := c.Msg.Changed(); got != message("application/sdp", want) {
			t.Errorf("got %q", got)
		}
		if call(c, "value", "i") != kemi.Null || call(c, "rm", "i") != no || call(c, "end", "i") != yes || call(c, "end", "i") != no {
			t.Error("after the last line")
		}
		for i, want := range []kemi.Value{yes, yes, yes, yes, no} {
			if got := call(c, "start", fmt.Sprint(i)); got != want {
				t.Errorf("iterator %d: got %v", i, got)
			}
		}
	})
}

// TestWithoutMessage calls everything in an event that has no message.
func TestWithoutMessage(t *testing.T) {
	h := kemitest.Start(t, "", pv.Module, Module)
	h.Run("", func(c *kemi.Ctx) {
		for _, f := range Module.Info().Funcs {
			h.Call(c, "sdpops", f.Name, args("$avp(x)", "x")[:len(f.Args)]...)
		}
		if got := c.Server.Registry.FindVar("$sdp(body)").Get(c); !got.IsNull() {
			t.Errorf("got %v", got)
		}
	})
}
