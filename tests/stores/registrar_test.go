package stores

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
)

// registrarConfig keeps the location table in a database.
func registrarConfig(mode int, url string) string {
	return fmt.Sprintf(`loadmodule "db_sqlite.so"
loadmodule "db_mysql.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
modparam("usrloc", "preload", "location")
modparam("usrloc", "timer_interval", 1)
modparam("usrloc", "db_mode", %d)
modparam("usrloc", "db_url", %q)
`, mode, url)
}

const registerScript = `
function ksr_request_route()
	local method = KSR.pv.get("$rm")
	if method == "REGISTER" then
		KSR.registrar.save("location", 0)
	elseif method == "MESSAGE" then
		KSR.sl.sl_send_reply(200, "found " .. KSR.registrar.lookup("location"))
	else
		KSR.sl.sl_send_reply(200, "OK")
	end
	return 1
end
`

// newRegistrar makes the tables and the files of a registrar.
func newRegistrar(t *testing.T, mode int, url string) *Server {
	t.Helper()
	dbtest.Tables(t, url, "usrloc")
	return NewServer(t, registrarConfig(mode, url), registerScript)
}

// found is what ul.lookup tells of a user's contacts.
type found struct {
	Contacts []struct {
		Contact struct {
			Address string
			CSeq    int
			Expires any
			State   string
			Ruid    string
		}
	}
}

func lookup(t *testing.T, s *Server, user string) (f found) {
	t.Helper()
	text := s.RPC("ul.lookup", "location", user)
	if text == "500 AOR not found in location table" {
		return f
	}
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		t.Fatalf("ul.lookup gives %s: %v", text, err)
	}
	return f
}

// rowCount is how many contacts the database has.
func rowCount(t *testing.T, d *db.DB) int {
	t.Helper()
	rows, err := d.Select(context.Background(), db.Query{Table: "location", Columns: []string{"ruid"}})
	if err != nil {
		t.Fatal(err)
	}
	return len(rows)
}

// overTCP opens a connection, sends a text and gives the beginning of the answer.
func overTCP(t *testing.T, s *Server, text string) (net.Conn, string) {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := conn.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4096)
	n, err := conn.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	return conn, string(buf[:n])
}

func ask(t *testing.T, c *Client, request string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	reply, err := c.Ask(ctx, request)
	if err != nil {
		t.Fatalf("no answer to\n%s", request)
	}
	return reply
}
