package jsonrpcs

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

// noCarriers turns off the FIFO and the socket.
const noCarriers = `modparam("jsonrpcs", "transport", 1)` + "\n" + `modparam("jsonrpcs", "pretty_format", 0)` + "\n"

func TestExec(t *testing.T) {
	h := kemitest.Start(t, noCarriers, Module)
	for _, c := range []struct {
		request    string
		returns    int
		code, text string
		body       string
	}{
		{`{"jsonrpc":"2.0","method":"core.echo","params":["a",1],"id":7}`, 1, "200", "OK", `{"jsonrpc":"2.0","result":["a","1"],"id":7}`},
		{`{"jsonrpc":"2.0","method":"no.such","id":8}`, 1, "500", "Method Not Found", `{"jsonrpc":"2.0","error":{"code":500,"message":"Method Not Found"},"id":8}`},
		{`{"jsonrpc":"1.0","method":"core.echo","id":5}`, 1, "200", "OK", `{"jsonrpc":"2.0","result":{},"id":5}`},
		{`[1]`, 1, "200", "OK", `{"jsonrpc":"2.0","result":{}}`},
		{``, -1, "200", "OK", `{"jsonrpc":"2.0","result":{}}`}, // the answer before stays
		{`{"jsonrpc"`, -1, "200", "OK", `{"jsonrpc":"2.0","result":{}}`},
	} {
		h.Run("", func(k *kemi.Ctx) {
			if got := h.Call(k, "jsonrpcs", "exec", kemi.Str(c.request)).Int(); got != c.returns {
				t.Errorf("exec(%q) = %d, want %d", c.request, got, c.returns)
			}
			for inner, want := range map[string]string{"code": c.code, "text": c.text, "body": c.body} {
				if got := h.Registry.FindVar("$jsonrpl(" + inner + ")").Get(k).Text(); got != want {
					t.Errorf("%q: $jsonrpl(%s) = %q, want %q", c.request, inner, got, want)
				}
			}
			if got := h.Call(k, "jsonrpcs", "response").Text(); got != c.body {
				t.Errorf("%q: response() = %q, want %q", c.request, got, c.body)
			}
		})
	}
}

func TestBeforeTheFirstAnswer(t *testing.T) {
	h := kemitest.Start(t, noCarriers, Module)
	h.Run("", func(k *kemi.Ctx) {
		if !h.Call(k, "jsonrpcs", "response").IsNull() || !h.Registry.FindVar("$jsonrpl(body)").Get(k).IsNull() {
			t.Error("there is an answer before the first request")
		}
		if h.Registry.FindVar("$jsonrpl(nosuch)") != nil {
			t.Error("$jsonrpl(nosuch) is a variable")
		}
	})
}

func TestEcho(t *testing.T) {
	h := kemitest.Start(t, noCarriers, Module)
	got := h.RPC(`{"jsonrpc":"2.0","method":"jsonrpc.echo","params":["a",1],"id":1}`)
	if want := `{"jsonrpc":"2.0","result":["a",1],"id":1}`; got != want {
		t.Errorf("jsonrpc.echo gives %s, want %s", got, want)
	}
}

// startServing starts a server with a FIFO and a socket in a folder of the test.
func startServing(t *testing.T) (dir string) {
	dir = t.TempDir()
	kemitest.Start(t, strings.ReplaceAll(`run_dir="@"
modparam("jsonrpcs", "fifo_name", "rpc.fifo")
modparam("jsonrpcs", "fifo_reply_dir", "@")
modparam("jsonrpcs", "dgram_socket", "rpc.sock")
`, "@", dir), Module)
	return dir
}

func TestDatagramSocket(t *testing.T) {
	dir := startServing(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client, err := rpc.Dial(ctx, "dgram:"+filepath.Join(dir, "rpc.sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	reply, err := client.Call(ctx, "core.echo", "a", 1)
	if err != nil || len(reply.Values) != 2 {
		t.Errorf("core.echo: %v %v", reply, err)
	}
	if info, err := os.Stat(filepath.Join(dir, "rpc.sock")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("permissions of the socket: %v %v", info, err)
	}
}

func TestFIFO(t *testing.T) {
	dir := startServing(t)
	info, err := os.Stat(filepath.Join(dir, "rpc.fifo"))
	if err != nil || info.Mode().Perm() != 0o600 || info.Mode()&os.ModeNamedPipe == 0 {
		t.Fatalf("the FIFO: %v %v", info, err)
	}
}

func TestPathsThatCannotBe(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "no", "such", "folder")
	h, err := kemitest.New(t, `run_dir="`+missing+`"`, Module)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Server.Start(); err != nil {
		t.Errorf("the default paths end the start: %v", err)
	}
	h.Stop()
	if !strings.Contains(h.Log(), "runs without it") {
		t.Errorf("no warning about the default paths: %s", h.Log())
	}
	h, err = kemitest.New(t, `modparam("jsonrpcs", "dgram_socket", "`+missing+`/rpc.sock")`, Module)
	if err != nil {
		t.Fatal(err)
	}
	err = h.Server.Start()
	if err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("a configured path that cannot be: %v", err)
	}
	h.Stop()
}

func TestUnknownOwner(t *testing.T) {
	_, err := kemitest.New(t, `modparam("jsonrpcs", "fifo_user", "no such user")`, Module)
	if err == nil || !strings.Contains(err.Error(), "no such user") || !strings.Contains(err.Error(), "test.cfg:3") {
		t.Errorf("an unknown user: %v", err)
	}
}

func TestHTTP(t *testing.T) {
	h := kemitest.Start(t, noCarriers+`modparam("jsonrpcs", "http_socket", "127.0.0.1:0")`+"\n", Module)
	at := h.Registry.Module("jsonrpcs").State.(*state).httpAt
	answer, err := http.Post("http://"+at+"/RPC", "application/json", strings.NewReader(`{"jsonrpc":"2.0","method":"jsonrpc.echo","params":["a"],"id":1}`))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	if answer.StatusCode != 200 || !strings.Contains(string(body), `"a"`) {
		t.Errorf("%s: %s", answer.Status, body)
	}
	for addr, want := range map[string]string{"192.0.2.1:80": "loopback", "here": "address:port"} {
		s := &state{httpSocket: addr}
		if err := s.openHTTP(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", addr, err)
		}
	}
}
