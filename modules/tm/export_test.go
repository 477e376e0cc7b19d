package tm_test

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/moonroute/moonroute/core/route"
	coretm "github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/tm"
)

const exportedRequest = "METHOD sip:u@h.org;x=1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK-1\r\nFrom: \"A\" <sip:a@x.org>;tag=ft\r\n" +
	"To: <sip:b@x.org>\r\nCall-ID: one\r\nCSeq: 7 METHOD\r\nUser-Agent: phone 1\r\nX-Two:  two words \r\nHEADERS\r\nContent-Length: 12\r\n\r\nhello\r\nworld"

// exportConfig has a definition with everything, and a small one.
const exportConfig = `modparam("tm", "tw_append", "test:ua=hdr[User-Agent];hdr[X-None];X=hdr[x-two];A=avp[s:foo];msg[body]")
modparam("tm", "tw_append", "plain:avp[i:5]")
`

// written are the lines that the incumbent writes for such requests, but for the transaction and the flags.
var written = []struct{ method, headers, info, want string }{
	{
		"INVITE", "Contact: <sip:a@1.2.3.4:5>\r\nRecord-Route: <sip:p1;lr>\r\nRecord-Route: <sip:p2;lr>, <sip:p3;lr>", "act/test",
		"0.3|sip_request.act|INVITE|u|h.org|127.0.0.1|.|sip:u@h.org;x=1|sip:a@1.2.3.4:5|\"A\" <sip:a@x.org>|<sip:b@x.org>|one|ft||7|ID|" +
			"<sip:p1;lr>,<sip:p2;lr>,<sip:p3;lr>|sip:p1;lr|P-MsgFlags: 82|ua: phone 1|X: two words|A: bar|.|hello|world|",
	},
	{
		"MESSAGE", "Record-Route: <sip:p1>", "two/plain",
		"0.3|sip_request.two|MESSAGE|u|h.org|127.0.0.1|.|sip:u@h.org;x=1|sip:p1|\"A\" <sip:a@x.org>|<sip:b@x.org>|one|ft||7|ID|" +
			"<sip:a@x.org>|.|P-MsgFlags: 82|5: 9|.|.|",
	},
	{
		"OPTIONS", "X-Empty: 1", "two",
		"0.3|sip_request.two|OPTIONS|u|h.org|127.0.0.1|.|sip:u@h.org;x=1|sip:a@x.org|\"A\" <sip:a@x.org>|<sip:b@x.org>|one|ft||7|ID|" +
			".|.|P-MsgFlags: 82|.|.|",
	},
}

func TestWhatIsWritten(t *testing.T) {
	dir := t.TempDir()
	socket, fifo := filepath.Join(dir, "socket"), filepath.Join(dir, "fifo")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	reader, err := os.OpenFile(fifo, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	buf := make([]byte, 1<<16)
	for _, c := range written {
		h := kemitest.Start(t, exportConfig, tm.Module)
		h.Run(strings.NewReplacer("METHOD", c.method, "HEADERS", c.headers).Replace(exportedRequest), func(ctx *kemi.Ctx) {
			ctx.Msg.Flags = 0x28
			ctx.Msg.AVPs().AVP.Push(route.ClassURIFrom, "foo", route.Value{Text: "bar"})
			ctx.Msg.AVPs().AVP.Push(route.ClassURIFrom, "5", route.NumValue(9))
			h.Call(ctx, "tm", "t_newtran")
			id := coretm.Of(ctx.Msg).ID()
			want := strings.ReplaceAll(c.want, "ID", strconv.Itoa(int(id.Index))+":"+strconv.Itoa(int(id.Label)))
			for name, read := range map[string]func([]byte) (int, error){"t_write_unix": conn.Read, "t_write_req": reader.Read} {
				path := map[string]string{"t_write_unix": socket, "t_write_req": fifo}[name]
				if rc := h.Call(ctx, "tm", name, kemi.Str(path), kemi.Str(c.info)).Int(); rc != 1 {
					t.Fatalf("%s gives %d", name, rc)
				}
				n, err := read(buf)
				if err != nil {
					t.Fatal(err)
				}
				if got := strings.NewReplacer("\r", "", "\n", "|").Replace(string(buf[:n])); got != want {
					t.Errorf("%s wrote\n%s, want\n%s", name, got, want)
				}
			}
		})
	}
}

func TestTwAppendMistakes(t *testing.T) {
	for _, text := range []string{"", "nameless", "x:", "x:junk", "x:hdr[]", "x:title=foo[bar]"} {
		if _, err := kemitest.New(t, `modparam("tm", "tw_append", "`+text+`")`+"\n", tm.Module); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}
