package msrp

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/msrp"
	"github.com/moonroute/moonroute/tests/inproc"
)

// event is a script with one function, for frames.
func event(body string) string {
	return "function ksr_request_route() end\nfunction ksr_msrp_event(evname)\n" + body + "\nend\n"
}

// TestSIPView: functions and variables of other modules find the frame's headers, and the incumbent's values.
func TestSIPView(t *testing.T) {
	s := startWith(t, event(`
		local seen = {}
		for name in ("$rm $ru $pr $si $hdr(Expires) $hdr(MSRP-First-Line) $msrp(method) $msrp(nexthops) $msrp(bodylen) $msrp(buflen) $msrp(srcaddr)"):gmatch("%S+") do
			seen[#seen + 1] = tostring(KSR.pv.get(name))
		end
		KSR.msrp.reply(200, evname, "X-Seen: " .. table.concat(seen, "|"))`))
	p := s.Stream()
	p.Send(p.Frame("abcd", "NICKNAME", "msrp://r/s;tcp msrp://x/y;tcp", "Expires: 7\n", "hello", msrp.Complete))
	f := p.Receive()
	want := "MSRP|sip:a@127.0.0.1|tcp|127.0.0.1|7|MSRP abcd NICKNAME|NICKNAME|1|7|"
	if got := f.Header("X-Seen"); !strings.HasPrefix(got, want) || !strings.HasSuffix(got, "|msrp://"+p.Addr.String()) || f.Reason != "msrp:frame-in" {
		t.Errorf("the script saw %s, reason %s", got, f.Reason)
	}
}

// TestNoSIPBetweenFrames: what would answer a SIP request sends nothing where frames are expected.
func TestNoSIPBetweenFrames(t *testing.T) {
	s := startWith(t, event(`
		local results = { KSR.sl.sl_send_reply(403, "No"), KSR.auth.www_challenge("realm", 1), KSR.auth.pv_www_authenticate("realm", "x", 0) }
		KSR.tm.t_reply(403, "No")
		KSR.msrp.reply(200, "OK", "X-Results: " .. table.concat(results, " "))`))
	p := s.Stream()
	f := p.Ask("abcd", "SEND", "msrp://r/s;tcp", "")
	if f.Code != 200 || f.Header("X-Results") != "-1 -3 -5" {
		t.Errorf("got\n%s", f.Raw)
	}
	p.Silence(50 * time.Millisecond)
}

// TestScriptThatFails: the sender hears of it.
func TestScriptThatFails(t *testing.T) {
	p := startWith(t, event(`local x = nil; return x.y`)).Stream()
	if f := p.Ask("abcd", "SEND", "msrp://r/s;tcp", ""); f.Code != 500 {
		t.Errorf("got\n%s", f.Raw)
	}
	if f := startWith(t, "function ksr_request_route() end").Stream().Ask("abcd", "SEND", "msrp://r/s;tcp", ""); f.Code != 501 {
		t.Errorf("without a function: got\n%s", f.Raw)
	}
	p.Send(p.Frame("abce", "REPORT", "msrp://r/s;tcp", "", "", msrp.Complete))
	p.Silence(50 * time.Millisecond)
}

const relayAll = `
	if KSR.msrp.is_request() > 0 then
		KSR.msrp.reply(200, "OK", "")
	end
	KSR.msrp.relay()`

// TestDialled: the relay opens a connection to the next hop, and takes what comes back on it.
func TestDialled(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	alice := startWith(t, event(relayAll)).Stream()
	alice.Send(alice.Frame("abcd", "SEND", "msrp://r/s;tcp msrp://"+listener.Addr().String()+"/x;tcp", headers(1, 5)+"X-Y: z\n", "hello", msrp.Complete))
	alice.Receive()
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	bob := inproc.NewStream(t, conn)
	f := bob.Receive()
	if f.Body != "hello" || f.ID != "abcd" {
		t.Errorf("bob got\n%s", f.Raw)
	}
	bob.Send(bob.Frame("efgh", "SEND", string(f.From), headers(1, 2), "hi", msrp.Complete))
	bob.Receive()
	if f := alice.Receive(); f.ID != "efgh" || f.Body != "hi" { // the connection that she opened has the address in her URI
		t.Errorf("alice got\n%s", f.Raw)
	}
}

// TestNobodyListens: what cannot be delivered after the reply is reported.
func TestNobodyListens(t *testing.T) {
	port := inproc.FreePort(t)
	alice := startWith(t, event(relayAll)).Stream()
	alice.Send(alice.Frame("abcd", "SEND", "msrp://r/s;tcp msrp://127.0.0.1:"+port+"/x;tcp", "Message-ID: 1\nContent-Type: a/b\n", "hello", msrp.Complete))
	if f := alice.Receive(); f.Code != 200 {
		t.Errorf("alice got\n%s", f.Raw)
	}
	if f := alice.Receive(); f.Method != "REPORT" || f.Header("Status") != "000 408 Not delivered" || f.Header("Message-ID") != "1" {
		t.Errorf("alice got\n%s", f.Raw)
	}
}
