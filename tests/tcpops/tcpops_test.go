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
		answers[#answers + 1] = KSR.pv.get("$tcp(c_si)") .. KSR.pv.get("$tcp(c_sp)")
	elseif method == "REGISTER" then
		KSR.registrar.save("location", 0)
		return
	elseif method == "MESSAGE" then
		local how = KSR.pv.get("$hdr(How)")
		if how:find("lookup") then KSR.registrar.lookup("location") end
		if how:find("number") then KSR.tcpops.tcp_set_otcpid(KSR.pv.get("$sht(state=>conn)")) end -- of the last INFO
		if how:find("gone") then KSR.tcpops.tcp_set_otcpid(99999) end
		if how:find("flag") then KSR.tcpops.tcp_set_otcpid_flag(1) end
		if how:find("undone") then KSR.tcpops.tcp_set_otcpid_flag(0) end
		if how:find("stateless") then KSR.forward() else KSR.tm.t_relay() end
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
loadmodule "tm.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "app_lua.so"
modparam("htable", "htable", "state=>size=2")
modparam("usrloc", "preload", "location")
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
	return newClient(t, conn)
}

func newClient(t *testing.T, conn net.Conn) *client {
	t.Helper()
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return &client{t: t, conn: conn, in: textproto.NewReader(bufio.NewReader(conn))}
}

func accept(t *testing.T, ln net.Listener) *client {
	t.Helper()
	conn, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return newClient(t, conn)
}

func (c *client) send(method, uri string, headers ...string) {
	c.t.Helper()
	id := c.conn.LocalAddr().String()
	_, err := c.conn.Write([]byte(method + " " + uri + " SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK" + method + strings.ReplaceAll(id, ":", "") +
		"\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: " + id + "\r\nCSeq: 1 " + method + "\r\nMax-Forwards: 70\r\n" +
		strings.Join(append(headers, "Content-Length: 0"), "\r\n") + "\r\n\r\n"))
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
	return startWith(t, "")
}

func startWith(t *testing.T, more string) *inproc.Server {
	t.Helper()
	return inproc.Start(t, inproc.Options{Config: more + configuration, Defines: []string{"PORT=" + inproc.FreePort(t)}, Files: []inproc.File{{Name: "routes.lua", Text: script}}})
}

func TestFunctions(t *testing.T) {
	want := "tcp_conid_alive=1 tcp_conid_state=1 tcp_conid_state=-1 tcp_keepalive_enable=1 tcp_keepalive_disable=1 tcp_keepalive_enable_cid=-1 " +
		"tcp_set_connection_lifetime=1 tcp_set_connection_lifetime=-1 tcp_enable_closed_event=1 tcp_con_alive=1 tcp_con_alive=-1 tcp_get_conid=1 true 0"
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
	for deadline := time.Now().Add(time.Minute); !strings.Contains(events, ";") && time.Now().Before(deadline); {
		events = asking.ask("SUBSCRIBE")
	}
	if events != "tcp:closed:true;" {
		t.Errorf("the script heard of %q", events)
	}
}

// TestOutgoing: which connection a request leaves by. The incumbent takes the same.
func TestOutgoing(t *testing.T) {
	s := start(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	callee := dial(t, s)
	callee.ask("INFO")
	contact := "sip:b@" + ln.Addr().String() + ";transport=tcp"
	callee.send("REGISTER", "sip:127.0.0.1", "Contact: <"+contact+">")
	callee.receive()
	var far *client // who is at the contact's address
	for _, c := range []struct {
		how  string
		kept bool // it leaves by the callee's own connection
	}{
		{"number", false},
		{"number, flag", true},
		{"number, flag, undone", false},
		{"flag", false},
		{"gone, flag", false},
		{"lookup", false},
		{"lookup, flag", true},
		{"number, flag, stateless", false},
		{"lookup, flag, stateless", false},
	} {
		uri := contact
		if strings.Contains(c.how, "lookup") {
			uri = "sip:b@127.0.0.1"
		}
		dial(t, s).send("MESSAGE", uri, "How: "+c.how)
		came := callee
		if !c.kept {
			if far == nil {
				far = accept(t, ln)
			}
			came = far
		}
		if line, header := came.receive(); !strings.HasPrefix(line, "MESSAGE "+contact) || header.Get("How") != c.how {
			t.Errorf("%s: %s %s", c.how, line, header.Get("How"))
		}
	}
}

// TestBalancer: $tcp tells the load balancer's address, and $si and $sp that of the peer behind it.
func TestBalancer(t *testing.T) {
	c := dial(t, startWith(t, "tcp_accept_haproxy=yes\n"))
	if _, err := c.conn.Write([]byte("PROXY TCP4 192.0.2.7 192.0.2.8 1234 5678\r\n")); err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(c.conn.LocalAddr().String())
	if got, want := c.ask("OPTIONS"), " 127.0.0.1"+port; !strings.HasSuffix(got, want) {
		t.Errorf("%s, want it to end in%s", got, want)
	}
}
