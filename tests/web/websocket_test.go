package web

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport/fakenet"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/tests/inproc"
)

const socketConfig = config + `
listen=ws:127.0.0.1:OTHER
loadmodule "websocket"
modparam("websocket", "cors_mode", 2)
modparam("websocket", "event_callback", "ksr_websocket_event")
modparam("websocket", "ping_application_data", "are you there")
`

const socketRoutes = `
function ksr_request_route()
	local user = KSR.pv.get("$rU")
	local seen = { KSR.pv.get("$pr"), KSR.pv.get("$proto"), KSR.pv.get("$RAut"), KSR.pv.get("$sut"), KSR.is_WS(), KSR.pv.get("$ws_conid") > 0 }
	for i = 1, 6 do seen[i] = tostring(seen[i]) end
	KSR.hdr.append_to_reply("X-Seen: " .. table.concat(seen, "|") .. "\r\n")
	KSR.sl.sl_send_reply(200, "OK")
	if user == "close" then KSR.info("closed " .. KSR.websocket.close() .. "\n") end
	if user == "reason" then KSR.info("reason " .. KSR.websocket.close_reason(4000, "enough") .. "\n") end
	if user == "number" then KSR.info("number " .. KSR.websocket.close_conid(4001, "", KSR.pv.get("$ws_conid")) .. "\n") end
	if user == "wrong" then KSR.info("wrong " .. KSR.websocket.close_reason(5, "") .. " " .. KSR.websocket.close_conid(1000, "", 99999) .. "\n") end
end

function ksr_xhttp_event(evname)
	KSR.info("handshake " .. KSR.websocket.handle_handshake() .. "\n")
	return 1
end

function ksr_websocket_event(evname)
	KSR.info(evname .. " " .. KSR.pv.get("$si") .. " " .. KSR.pv.get("$pr") .. " " .. tostring(KSR.pv.get("$ws_conid") > 0) .. "\n")
	return 1
end
`

func startSocket(t *testing.T, more string) *inproc.Server {
	t.Helper()
	return inproc.Start(t, socketOptions(t, more))
}

func socketOptions(t *testing.T, more string) inproc.Options {
	return inproc.Options{Config: withPorts(t, socketConfig) + more, Files: []inproc.File{{Name: "routes.lua", Text: socketRoutes}}}
}

// startInMemory starts a server for a bubble of synctest, where waiting takes no time.
func startInMemory(t *testing.T, more string) *inproc.Server {
	t.Helper()
	o := socketOptions(t, more)
	o.Net, o.Shards = new(fakenet.Pipes), 1
	return inproc.Start(t, o)
}

func options(user string) string {
	return "OPTIONS sip:" + user + "@x SIP/2.0\r\nVia: SIP/2.0/WS page.invalid;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\n\r\n"
}

func TestHandshakes(t *testing.T) {
	s := startSocket(t, "")
	for _, x := range []struct {
		name, request string
		code          int
		header, value string
	}{
		{"SIP", inproc.Handshake("/", "sip"), 101, "Sec-Websocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
		{"origin", inproc.Handshake("/", "sip"), 101, "Access-Control-Allow-Origin", "http://page.example"},
		{"SIP of several", inproc.Handshake("/", "msrp, sip"), 101, "Sec-Websocket-Protocol", "sip"},
		{"no subprotocol", inproc.Handshake("/", "chat"), 400, "Sec-Websocket-Protocol", "sip"},
		{"MSRP without its module", inproc.Handshake("/", "msrp"), 400, "Sec-Websocket-Protocol", "sip"},
		{"version", inproc.Handshake("/", "sip", "Sec-WebSocket-Version: 12"), 426, "Sec-Websocket-Version", "13"},
		{"no version", inproc.Handshake("/", "sip", "Sec-WebSocket-Version:"), 400, "Sec-Websocket-Version", "13"},
		{"no key", inproc.Handshake("/", "sip", "Sec-WebSocket-Key:"), 400, "Sec-Websocket-Version", "13"},
		{"short key", inproc.Handshake("/", "sip", "Sec-WebSocket-Key: AAAA"), 400, "Sec-Websocket-Version", "13"},
		{"no upgrade", inproc.Handshake("/", "sip", "Upgrade:"), 400, "Sec-Websocket-Version", "13"},
		{"no host", inproc.Handshake("/", "sip", "Host:"), 400, "Sec-Websocket-Version", "13"},
		{"POST", strings.Replace(inproc.Handshake("/", "sip"), "GET", "POST", 1), 400, "Sec-Websocket-Version", "13"},
	} {
		for _, p := range []flow.Proto{flow.TCP, flow.WS} {
			r := s.Upgrade(p, x.request).Response
			if r.StatusCode != x.code || r.Header.Get(x.header) != x.value {
				t.Errorf("%s over %v: %d %v, want %d %s", x.name, p, r.StatusCode, r.Header, x.code, x.value)
			}
		}
	}
	if log := s.Log(); !strings.Contains(log, "handshake 1") || !strings.Contains(log, "handshake 0") {
		t.Error("handle_handshake gives neither 1 nor 0")
	}
}

// TestSIPOverWebSocket: what a script sees and what it can do.
func TestSIPOverWebSocket(t *testing.T) {
	s := startSocket(t, "")
	for _, p := range []flow.Proto{flow.TCP, flow.WS} {
		w := s.WebSocket(p, "/")
		w.Send(options("x"))
		seen := strings.Split(inproc.Header(w.Expect("200"), "X-Seen"), "|")
		want := []string{"ws", "ws", "sip:" + s.Address(p).String() + ";transport=ws", "sip:" + w.Addr.String() + ";transport=ws", "true", "true"}
		if strings.Join(seen, "|") != strings.Join(want, "|") {
			t.Errorf("%v, want %v", seen, want)
		}
	}
	for user, want := range map[string]string{"close": "1000 Normal closure", "reason": "4000 enough", "number": "4001 "} {
		w := s.WebSocket(flow.TCP, "/")
		w.Send(options(user))
		w.Expect("200")
		if code, reason := w.ExpectClose(); fmt.Sprint(code, " ", reason) != want {
			t.Errorf("%s: %d %s", user, code, reason)
		}
		w.SendFrame(ws.NewCloseFrame(nil))
		w.ExpectEnd()
	}
	w := s.WebSocket(flow.TCP, "/")
	w.Send(options("wrong"))
	w.Expect("200")
	inproc.Eventually(t, "the script's records", func() bool {
		log := s.Log()
		return strings.Contains(log, "wrong -1 -1") && strings.Contains(log, "closed 1") && strings.Contains(log, "reason 1") && strings.Contains(log, "number 1") &&
			strings.Contains(log, "websocket:closed 127.0.0.1 ws true")
	})
}

// TestCommands: ws.dump and its kin.
func TestCommands(t *testing.T) {
	s := startSocket(t, "")
	w := s.WebSocket(flow.TCP, "/")
	id := s.Core.Transports().WebSockets()[0].Flow.Conn
	one := fmt.Sprintf(`{"method":"ws.%%s","params":[%d]}`, id)
	rpc := func(request string) string { return run(t, s, request) }
	want := fmt.Sprintf(`"connections":["%d: ws:%s -> ws:%s (state: OPEN,  last used `, id, w.Addr, s.Address(flow.TCP))
	if got := rpc(`{"method":"ws.dump"}`); !strings.Contains(got, want) || !strings.HasSuffix(got, `sub-protocol: sip)"],"info":{"wscounter":1,"truncated":"no"}}}`) {
		t.Errorf("ws.dump: %s, want %s", got, want)
	}
	for request, want := range map[string]string{
		`{"method":"ws.dump","params":["id_desc"]}`:   "Bad display order parameter",
		`{"method":"ws.dump","params":["used_desc"]}`: `"wscounter":1`,
		`{"method":"ws.close"}`:                       "Invalid Parameters",
		`{"method":"ws.ping","params":[99999]}`:       "Unknown connection ID",
	} {
		if got := rpc(request); !strings.Contains(got, want) {
			t.Errorf("%s: %s", request, got)
		}
	}
	rpc(fmt.Sprintf(one, "ping"))
	if f := w.Frame(); f.Header.OpCode != ws.OpPing || string(f.Payload) != "are you there" {
		t.Errorf("%v %q", f.Header, f.Payload)
	}
	rpc(fmt.Sprintf(one, "pong"))
	if f := w.Frame(); f.Header.OpCode != ws.OpPong {
		t.Errorf("%v", f.Header)
	}
	rpc(`{"method":"ws.disable"}`)
	if r := s.Upgrade(flow.TCP, inproc.Handshake("/", "sip")).Response; r.StatusCode != 503 {
		t.Errorf("disabled, and %s", r.Status)
	}
	rpc(`{"method":"ws.enable"}`)
	s.WebSocket(flow.TCP, "/").HangUp()
	rpc(fmt.Sprintf(one, "close"))
	w.ExpectClose()
	w.SendFrame(ws.NewCloseFrame(nil))
	w.ExpectEnd()
	for name, want := range map[string]int64{
		"ws_current_connections": 0, "ws_max_concurrent_connections": 2, "ws_sip_successful_handshakes": 2, "ws_failed_handshakes": 1,
		"ws_local_closed_connections": 1, "ws_remote_closed_connections": 1, "ws_sip_received_frames": 0, "ws_msrp_current_connections": 0,
	} {
		inproc.Eventually(t, name, func() bool { return statistic(t, s, name) == want })
	}
}

func statistic(t *testing.T, s *inproc.Server, name string) int64 {
	t.Helper()
	x, ok := s.Stats.Get("websocket", name)
	if !ok {
		t.Fatalf("there is no statistic %s", name)
	}
	return x.Value()
}

// TestKeepAlive: an idle client is asked, and cut if it says nothing.
func TestKeepAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t, `modparam("websocket", "keepalive_timeout", 20)`)
		began := time.Now()
		mute, alive := s.WebSocket(flow.TCP, "/"), s.WebSocket(flow.TCP, "/")
		ping(t, alive, true)
		ping(t, mute, false)
		ping(t, alive, true)
		mute.ExpectEnd()
		if took := time.Since(began).Round(time.Second); took < 40*time.Second || took > 44*time.Second {
			t.Errorf("cut after %v", took)
		}
		alive.Send(options("x"))
		alive.Expect("200")
		if got := statistic(t, s, "ws_failed_connections"); got != 1 {
			t.Errorf("%d failed connections", got)
		}
		alive.HangUp()
	})
}

// ping waits for a Ping and may answer it.
func ping(t *testing.T, w *inproc.WebSocket, answer bool) {
	t.Helper()
	f := w.Frame()
	if f.Header.OpCode != ws.OpPing {
		t.Fatalf("%v", f.Header)
	}
	if answer {
		w.SendFrame(ws.NewPongFrame(f.Payload))
	}
}

// TestCloseIsNotAnswered: the connection is cut after rm_delay_interval.
func TestCloseIsNotAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startInMemory(t, `modparam("websocket", "rm_delay_interval", 5)`)
		w := s.WebSocket(flow.TCP, "/")
		w.Send(options("close"))
		w.Expect("200")
		w.ExpectClose()
		began := time.Now()
		w.ExpectEnd()
		if took := time.Since(began); took < 4*time.Second || took > 7*time.Second {
			t.Errorf("cut after %v", took)
		}
	})
}

// run runs a command as a JSON client would.
func run(t *testing.T, s *inproc.Server, request string) string {
	t.Helper()
	done := make(chan string, 1)
	s.OnShard(0, func(sh *kemi.Shard) {
		f := s.Registry.Function("jsonrpcs", "execx")
		c := &kemi.Ctx{Server: s.Server, Shard: sh}
		f.Call(c, kemi.MakeArgs(kemi.Str(`{"jsonrpc":"2.0",`+request[1:])))
		done <- s.Registry.Function("jsonrpcs", "response").Call(c, kemi.MakeArgs()).Text()
	})
	return <-done
}
