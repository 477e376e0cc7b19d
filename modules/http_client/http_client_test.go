package http_client

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
	"github.com/moonroute/moonroute/modules/corepv"
	"github.com/moonroute/moonroute/modules/pv"
)

// echo answers with what was asked for, in two lines; /code/N with that code.
func echo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Answer", "42")
	code := 0
	if _, err := fmt.Sscanf(r.URL.Path, "/code/%d", &code); err == nil {
		w.WriteHeader(code)
	}
	body, _ := io.ReadAll(r.Body)
	user, _, _ := r.BasicAuth()
	fmt.Fprintf(w, "%s %s\ntype=%s x=%s user=%s agent=%s body=%s", r.Method, r.URL, r.Header.Get("Content-Type"), r.Header.Get("X-A"), user, r.UserAgent(), body)
}

// start starts a web server and a server with connections to it. URL in the text is the web server's address.
func start(t *testing.T, text string) (h *kemitest.Host, url string) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(echo))
	t.Cleanup(srv.Close)
	return kemitest.Start(t, strings.ReplaceAll(text, "URL", srv.URL), corepv.Module, pv.Module, Module), srv.URL
}

func modparams(list ...string) (text string) {
	for _, p := range list {
		name, value, _ := strings.Cut(p, " ")
		text += fmt.Sprintf("modparam(\"http_client\", %q, %s)\n", name, value)
	}
	return text
}

const request = "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP c;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"

func texts(list ...string) (values []kemi.Value) {
	for _, s := range list {
		values = append(values, kemi.Str(s))
	}
	return values
}

func TestFunctions(t *testing.T) {
	h, url := start(t, modparams("query_result 0", `useragent "moon"`, `httpcon "api=>URL/base"`, `httpcon "auth=>URL/base;username=al;password=secret;authmethod=1;useragent=sun"`,
		`httpcon "short=>URL/base;maxdatasize=4"`, `httpcon "down=>http://127.0.0.1:1/;failover=broken"`, `httpcon "broken=>URL/code/500;failover=api"`,
		`httpcon "loop=>http://127.0.0.1:1/;failover=loop"`))

	for _, x := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"query", []string{"URL/a?b=c"}, 200, "GET /a?b=c\ntype= x= user= agent=moon body="},
		{"query", []string{"URL/code/404"}, 404, "GET /code/404"},
		{"query", []string{"URL/code/500"}, 500, ""},
		{"query", []string{"http://127.0.0.1:1/"}, 7, ""},
		{"query", []string{"::::"}, 3, ""},
		{"query_post", []string{"URL/p", "k=v"}, 200, "POST /p\ntype=application/x-www-form-urlencoded x= user= agent=moon body=k=v"},
		{"query_post", []string{"URL/p", ""}, 200, "GET /p"},
		{"query_post_hdrs", []string{"URL/p", "k=v", "X-A: 1\r\nContent-Type: a/b"}, 200, "POST /p\ntype=a/b x=1"},
		{"get_hdrs", []string{"URL/g", "text", "X-A: 1"}, 200, "GET /g\ntype=application/x-www-form-urlencoded x=1 user= agent=moon body=text"},
		{"query_request", []string{"URL/r", "PUT", "text", "X-A: 1"}, 200, "PUT /r"},
		{"query_request", []string{"URL/r", "DELETE", "", ""}, 200, "DELETE /r"},
		{"curl_connect", []string{"api", "/x?y"}, 200, "GET /base/x?y"},
		{"curl_connect", []string{"api", "x"}, 200, "GET /base/x"},
		{"curl_connect", []string{"api", ""}, 200, "GET /base\n"},
		{"curl_connect", []string{"auth", "x"}, 200, "GET /base/x\ntype= x= user=al agent=sun"},
		{"curl_connect", []string{"short", "x"}, 200, "GET "},
		{"curl_connect", []string{"none", "x"}, -1, "before"},
		{"curl_connect", []string{"down", "x"}, 200, "GET /base/x"},
		{"curl_connect", []string{"loop", "x"}, 7, ""},
		{"curl_connect_post", []string{"api", "/x", "application/json", "{}"}, 200, "POST /base/x\ntype=application/json x= user= agent=moon body={}"},
	} {
		for i := range x.args {
			x.args[i] = strings.Replace(x.args[i], "URL", url, 1)
		}
		h.Run(request, func(c *kemi.Ctx) {
			result := h.Registry.FindVar("$var(r)")
			result.Set(c, kemi.Str("before"))
			code := h.Call(c, "http_client", x.name, append(texts(x.args...), kemi.Str("$var(r)"))...).Int()
			if got := result.Get(c).Text(); code != x.code || !strings.HasPrefix(got, x.want) || x.want == "" && got != "" {
				t.Errorf("%s(%q) = %d %q, want %d %q", x.name, x.args, code, got, x.code, x.want)
			}
		})
	}
}

func TestResults(t *testing.T) {
	h, url := start(t, modparams("response_headers 1"))
	h.Run(request, func(c *kemi.Ctx) {
		read := func(name string) string { return h.Registry.FindVar(name).Get(c).Text() }
		query := func(url, result string) int { return h.Call(c, "http_client", "query", texts(url, result)...).Int() }
		if code := query(url+"/a", "$var(r)"); code != 200 || read("$var(r)") != "GET /a" {
			t.Errorf("%d %q is not the first line", code, read("$var(r)"))
		}
		if got := read("$httprhdr(x-answer)"); got != "42" {
			t.Errorf("$httprhdr is %q", got)
		}
		for _, name := range []string{"r", "$si", "$var(r", "$nosuch"} {
			if code := query(url, name); code != -1 {
				t.Errorf("%s takes the result: %d", name, code)
			}
		}
		if code := query("http://127.0.0.1:1/", "$var(r)"); code != 7 || read("$httprhdr(X-Answer)") != "" {
			t.Errorf("%d, and the headers of the answer before", code)
		}
		h.Registry.FindVar("$var(c)").Set(c, kemi.Int(7))
		for name, want := range map[string]string{
			"$curlerror(7)": "Couldn't connect to server", "$curlerror($var(c))": "Couldn't connect to server", "$curlerror(200)": "HTTP result code", "$curlerror(x)": "Bad CURL error code",
		} {
			if got := read(name); got != want {
				t.Errorf("%s = %q", name, got)
			}
		}
	})
	for name, want := range map[string]int64{"connok": 1, "connfail": 1, "connections": 0} {
		if x, ok := h.Stats.Get("httpclient", name); !ok || x.Value() != want {
			t.Errorf("%s: %v %d, want %d", name, ok, x.Value(), want)
		}
	}
}

func TestConfigFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "http.ini")
	if err := os.WriteFile(path, []byte("# connections\n[api]\nurl = http://127.0.0.1/x\nusername = \"al\"\npassword=secret\ntimeout=3\n\n[other]\nurl=https://example.org\nverify_peer=0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h, _ := start(t, modparams(fmt.Sprintf("config_file %q", path)))
	got := h.RPC(`{"jsonrpc":"2.0","method":"httpclient.listcon"}`)
	for _, want := range []string{`"NAME":"api"`, `"URI":"http://127.0.0.1/x"`, `"USERNAME":"al"`, `"TIMEOUT":3`, `"NAME":"other"`, `"VERIFY_PEER":0`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
	if strings.Contains(got, "secret") {
		t.Error("the password is shown")
	}
}

func TestMistakes(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.ini")
	if err := os.WriteFile(bad, []byte("url = http://x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{
		`httpcon "x"`, `httpcon "=>http://x"`, `httpcon "x=>ftp://x"`, `httpcon "x=>nothing"`, `httpcon "x=>http://x;what=1"`, `httpcon "x=>http://x;timeout=soon"`,
		`httpcon "x=>http://x;timeout"`, `httpcon "x=>http://x;failover=y"`, `cacert "/nowhere"`, `cipher_suites "NULL-MD5"`, `config_file "/nowhere"`, `timeout_mode 3`,
		fmt.Sprintf("config_file %q", bad),
	} {
		h, err := kemitest.New(t, modparams(p), Module)
		if err == nil {
			if err = h.Server.Start(); err == nil {
				h.Stop()
			}
		}
		if err == nil {
			t.Errorf("%s is taken", p)
		}
	}
}
