// Package tcpops tests the operations on stream connections with real ones.
package tcpops

import (
	"bufio"
	"net"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/tests/inproc"
)

const script = `
local answers = {}

local function note(name, ...) answers[#answers + 1] = name .. "=" .. tostring(KSR.tcpops[name](...)) end

function ksr_request_route()
	answers = {}
	local id = KSR.pv.get("$conid")
	local method = KSR.pv.get("$rm")
	if method == "OPTIONS" then
		note("tcp_conid_alive", id)
		note("tcp_conid_state", id)
		note("tcp_conid_state", id + 1000)
		note("tcp_keepalive_enable", 10, 3, 5)
		note("tcp_keepalive_disable")
		note("tcp_keepalive_enable_cid", id + 1000, 10, 3, 5)
		note("tcp_set_connection_lifetime", 3600)
		note("tcp_set_connection_lifetime", 0)
		note("tcp_enable_closed_event")
		note("tcp_con_alive", "tcp:" .. KSR.pv.get("$si") .. ":" .. KSR.pv.get("$sp"))
		note("tcp_con_alive", "tcp:192.0.2.1:1")
		note("tcp_get_conid", KSR.pv.get("$si") .. ":" .. KSR.pv.get("$sp"), "$var(id)")
		answers[#answers + 1] = tostring(KSR.pv.get("$var(id)") == id)
		answers[#answers + 1] = tostring(KSR.pv.get("$tcp(c_sp)") == KSR.pv.get("$sp"))
	elseif method == "MESSAGE" then -- to whoever sent the last INFO, whatever the URI says
		KSR.tcpops.tcp_set_otcpid(KSR.pv.get("$sht(state=>conn)"))
		answers[#answers + 1] = tostring(KSR.pv.get("$tcp(ac_sp)") ~= nil)
		KSR.forward()
		return
	elseif method == "INFO" then
		KSR.pv.seti("$sht(state=>conn)", id)
	elseif method == "BYE" then
		KSR.tcpops.tcp_close_connection()
		return
	elseif method == "SUBSCRIBE" then
		answers[1] = KSR.pv.getw("$sht(state=>events)")
	end
	KSR.hdr.append_to_reply("Answers: " .. table.concat(answers, " ") .. "\r\n")
	KSR.sl.sl_send_reply(200, "OK")
end

function ksr_tcp_event(name)
	local before = KSR.pv.get("$sht(state=>events)") or ""
	KSR.pv.sets("$sht(state=>events)", before .. name .. ":" .. tostring(KSR.pv.get("$sp") > 0) .. ";")
end
`

const configuration = `
debug=2
listen=tcp:127.0.0.1:PORT
loadmodule "pv.so"
loadmodule "sl.so"
loadmodule "htable.so"
loadmodule "tcpops.so"
loadmodule "app_lua.so"
modparam("htable", "htable", "state=>size=2")
modparam("tcpops", "closed_event", 0)
modparam("tcpops", "event_callback", "ksr_tcp_event")
modparam("app_lua", "load", "@DIR@/routes.lua")
cfgengine "lua"
`

// client is a connection to the server.
type client struct {
	t    *testing.T
	conn net.Conn
	in   *textproto.Reader
}

func dial(t *testing.T, s *inproc.Server) *client {
	t.Helper()
	conn, err := net.Dial("tcp", s.Address(flow.TCP).String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return &client{t: t, conn: conn, in: textproto.NewReader(bufio.NewReader(conn))}
}

func (c *client) send(method, uri string) {
	c.t.Helper()
	_, err := c.conn.Write([]byte(method + " " + uri + " SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK" + method + "\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: " +
		c.conn.LocalAddr().String() + "\r\nCSeq: 1 " + method + "\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"))
	if err != nil {
		c.t.Fatal(err)
	}
}

// receive is the start line and the header of the next message.
func (c *client) receive() (string, textproto.MIMEHeader) {
	c.t.Helper()
	line, err := c.in.ReadLine()
	if err != nil {
		c.t.Fatal(err)
	}
	header, err := c.in.ReadMIMEHeader()
	if err != nil {
		c.t.Fatal(err)
	}
	return line, header
}

func (c *client) ask(method string) string {
	c.t.Helper()
	c.send(method, "sip:b@127.0.0.1")
	_, header := c.receive()
	return header.Get("Answers")
}

func start(t *testing.T) *inproc.Server {
	t.Helper()
	return inproc.Start(t, inproc.Options{Config: configuration, Defines: []string{"PORT=" + inproc.FreePort(t)}, Files: []inproc.File{{Name: "routes.lua", Text: script}}})
}

func TestFunctions(t *testing.T) {
	want := "tcp_conid_alive=1 tcp_conid_state=1 tcp_conid_state=-1 tcp_keepalive_enable=1 tcp_keepalive_disable=1 tcp_keepalive_enable_cid=-1 " +
		"tcp_set_connection_lifetime=1 tcp_set_connection_lifetime=-1 tcp_enable_closed_event=1 tcp_con_alive=1 tcp_con_alive=-1 tcp_get_conid=1 true true"
	if got := dial(t, start(t)).ask("OPTIONS"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// TestEvents: the script hears of the connections that it asked about, and of no others.
func TestEvents(t *testing.T) {
	s := start(t)
	watched, other, asking := dial(t, s), dial(t, s), dial(t, s)
	other.ask("INFO")
	other.conn.Close()
	watched.ask("OPTIONS")
	watched.send("BYE", "sip:b@127.0.0.1")
	if _, err := watched.in.ReadLine(); err == nil {
		t.Fatal("the connection has not been closed")
	}
	events := ""
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(events, ";") && time.Now().Before(deadline); {
		events = asking.ask("SUBSCRIBE")
	}
	if events != "tcp:closed:true;" {
		t.Errorf("the script heard of %q", events)
	}
}

// TestOutgoing: tcp_set_otcpid sends a request over a connection whose peer has no address that could be dialled.
func TestOutgoing(t *testing.T) {
	s := start(t)
	callee, caller := dial(t, s), dial(t, s)
	callee.ask("INFO")
	caller.send("MESSAGE", "sip:b@192.0.2.1:9;transport=tcp")
	if line, _ := callee.receive(); !strings.HasPrefix(line, "MESSAGE sip:b@192.0.2.1:9") {
		t.Errorf("the callee got %s", line)
	}
}
