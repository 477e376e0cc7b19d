package httpclient

import (
	"bufio"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/digest"
	"github.com/moonroute/moonroute/core/sip"
)

// echo answers with what was asked for; /code/N with that code, /to/PATH with a redirect.
func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	code := 0
	if _, err := fmt.Sscanf(r.URL.Path, "/code/%d", &code); err == nil {
		w.WriteHeader(code)
	}
	if to, ok := strings.CutPrefix(r.URL.Path, "/to"); ok {
		http.Redirect(w, r, to, http.StatusFound)
		return
	}
	fmt.Fprintf(w, "%s %s %s type=%q x=%q agent=%q accept=%q host=%s body=%q", r.Proto, r.Method, r.URL, r.Header.Get("Content-Type"),
		r.Header.Values("X-A"), r.UserAgent(), r.Header.Get("Accept"), r.Host, body)
}

func client(t *testing.T, o Options) *Client {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func do(t *testing.T, c *Client, r Request) *Response {
	t.Helper()
	answer, err := c.Do(t.Context(), r)
	if err != nil {
		t.Fatalf("%+v: %v", r, err)
	}
	return answer
}

func TestRequests(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(echo))
	defer srv.Close()
	c := client(t, Options{UserAgent: "moon"})
	host := strings.TrimPrefix(srv.URL, "http://")
	for _, x := range []struct {
		name string
		r    Request
		code int
		want string
	}{
		{"get", Request{URL: srv.URL + "/a?b=c"}, 200, `HTTP/1.1 GET /a?b=c type="" x=[] agent="moon" accept="*/*" host=` + host + ` body=""`},
		{"no scheme", Request{URL: host + "/a"}, 200, "GET /a"},
		{"post", Request{URL: srv.URL, Body: "k=v"}, 200, `POST / type="application/x-www-form-urlencoded"`},
		{"get with body", Request{URL: srv.URL, Method: "GET", Body: "k=v", ContentType: "a/b"}, 200, `GET / type="a/b"`},
		{"headers", Request{URL: srv.URL, Body: "x", Headers: "X-A: 1\r\nContent-Type: c/d\r\nX-A: 2\r\nUser-Agent: other\r\n"}, 200, `type="c/d" x=["1" "2"] agent="other"`},
		{"host", Request{URL: srv.URL, Headers: "Host: example.com"}, 200, "host=example.com"},
		{"no header", Request{URL: srv.URL, Headers: "nothing\n:\n;\nX-A;\nAccept:\nUser-Agent:"}, 200, `x=[""] agent="" accept=""`},
		{"put", Request{URL: srv.URL + "/p", Method: "PUT", Body: "é"}, 200, `PUT /p`},
		{"not found", Request{URL: srv.URL + "/code/404"}, 404, "GET /code/404"},
		{"server error", Request{URL: srv.URL + "/code/500"}, 500, "GET /code/500"},
		{"no redirect", Request{URL: srv.URL + "/to/there"}, 302, "/there"},
	} {
		t.Run(x.name, func(t *testing.T) {
			if got := do(t, c, x.r); got.Code != x.code || !strings.Contains(got.Body, x.want) {
				t.Errorf("%d %s, want %d %s", got.Code, got.Body, x.code, x.want)
			}
		})
	}
}

func TestFailuresHaveTheNumbersOfCurl(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	closing := serve(t, func(c net.Conn) { http.ReadRequest(bufio.NewReader(c)); c.Close() })
	loop := httptest.NewServer(http.RedirectHandler("/", http.StatusFound))
	defer loop.Close()
	sealed := quietTLS(echo)
	defer sealed.Close()
	c := client(t, Options{Timeout: 10 * time.Second, Redirects: true})
	short := client(t, Options{Timeout: time.Nanosecond})
	for _, x := range []struct {
		name string
		c    *Client
		r    Request
		want int
	}{
		{"no URL", c, Request{URL: ""}, codeURL},
		{"not a URL", c, Request{URL: "::::"}, codeURL},
		{"bad method", c, Request{Method: "A B", URL: "http://127.0.0.1/"}, codeURL},
		{"scheme", c, Request{URL: "ftp://127.0.0.1/"}, codeScheme},
		{"no such name", c, Request{URL: "http://name.invalid/"}, codeResolve},
		{"refused", c, Request{URL: "http://" + refused(t)}, codeConnect},
		{"timeout", short, Request{URL: "http://" + silent.Addr().String()}, codeTimeout},
		{"closed", c, Request{URL: "http://" + closing}, codeNothing},
		{"redirects", c, Request{URL: loop.URL}, codeRedirects},
		{"certificate", c, Request{URL: sealed.URL}, codePeerCert},
		{"no TLS", c, Request{URL: "https://" + strings.TrimPrefix(loop.URL, "http://")}, codeTLS},
	} {
		t.Run(x.name, func(t *testing.T) {
			_, err := x.c.Do(t.Context(), x.r)
			if err == nil {
				t.Fatal("no error")
			}
			if got := Code(err); got != x.want {
				t.Errorf("%d for %v, want %d", got, err, x.want)
			}
		})
	}
}

// quietTLS does not tell of handshakes that clients break off.
func quietTLS(f http.HandlerFunc) *httptest.Server {
	srv := httptest.NewUnstartedServer(f)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	return srv
}

// refused is an address where nobody listens.
func refused(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// serve gives each connection to f.
func serve(t *testing.T, f func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			f(c)
		}
	}()
	return l.Addr().String()
}

func TestOnlySoMuchIsKept(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "0123456789") }))
	defer srv.Close()
	for limit, want := range map[int]string{4: "0123", 10: "0123456789", 0: "0123456789"} {
		got := do(t, client(t, Options{MaxBody: limit}), Request{URL: srv.URL})
		if got.Body != want || got.Cut != (len(want) < 10) {
			t.Errorf("limit %d: %q, cut %v", limit, got.Body, got.Cut)
		}
	}
}

func TestRedirects(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(echo))
	defer srv.Close()
	got := do(t, client(t, Options{Redirects: true}), Request{URL: srv.URL + "/to/there"})
	if got.Code != 200 || !strings.Contains(got.Body, "GET /there") {
		t.Errorf("%d %s", got.Code, got.Body)
	}
}

// TestTimes: each step comes after the one before it, and what does not happen takes no time.
func TestTimes(t *testing.T) {
	srv := quietTLS(echo)
	defer srv.Close()
	plain := httptest.NewServer(http.HandlerFunc(echo))
	defer plain.Close()
	c := client(t, Options{Redirects: true, TLS: TLS{SkipChain: true, SkipName: true}, Timeout: time.Minute})
	x := do(t, c, Request{URL: srv.URL + "/to/there"}).Times
	steps := []time.Duration{0, x.Lookup, x.Connect, x.Handshake, x.Ready, x.FirstByte, x.Total}
	if !slices.IsSorted(steps) || x.Lookup == 0 || x.Redirected == 0 || x.Redirected > x.Total {
		t.Errorf("%+v", x)
	}
	if x := do(t, c, Request{URL: plain.URL}).Times; x.Handshake != 0 || x.Redirected != 0 || x.Connect == 0 {
		t.Errorf("without TLS and redirect: %+v", x)
	}
}

// TestReasons are the words of libcurl 7.88.
func TestReasons(t *testing.T) {
	at := refused(t)
	host, port, _ := net.SplitHostPort(at)
	closing := serve(t, func(c net.Conn) { http.ReadRequest(bufio.NewReader(c)); c.Close() })
	sealed := quietTLS(echo)
	defer sealed.Close()
	for url, want := range map[string]string{
		"http://" + at + "/x":  "Failed to connect to " + host + " port " + port + " after 7 ms: Couldn't connect to server",
		"http://name.invalid/": "Could not resolve host: name.invalid",
		"http://" + closing:    "Empty reply from server",
		sealed.URL:             "SSL certificate problem: self-signed certificate",
		"ftp://127.0.0.1/":     "Unsupported protocol",
	} {
		_, err := client(t, Options{Timeout: time.Minute}).Do(t.Context(), Request{URL: url})
		if got := Reason(err, 7*time.Millisecond); got != want {
			t.Errorf("%s: %q, want %q (%v)", url, got, want, err)
		}
	}
}

func TestHTTP2WithoutAsking(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(echo))
	srv.Config.Protocols = new(http.Protocols)
	srv.Config.Protocols.SetUnencryptedHTTP2(true)
	srv.Start()
	defer srv.Close()
	if got := do(t, client(t, Options{}), Request{URL: srv.URL, HTTP2: true}); !strings.HasPrefix(got.Body, "HTTP/2.0 GET") {
		t.Error(got.Body)
	}
}

func TestProxy(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "proxy for ", r.URL) }))
	defer proxy.Close()
	got := do(t, client(t, Options{Proxy: strings.TrimPrefix(proxy.URL, "http://")}), Request{URL: "http://name.invalid/x"})
	if got.Body != "proxy for http://name.invalid/x" {
		t.Error(got.Body)
	}
}

func TestCertificates(t *testing.T) {
	srv := quietTLS(echo)
	defer srv.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	if err := os.WriteFile(ca, block, 0o600); err != nil {
		t.Fatal(err)
	}
	otherName := strings.Replace(srv.URL, "127.0.0.1", "localhost", 1) // the certificate is for the address
	for _, x := range []struct {
		name string
		o    TLS
		url  string
		ok   bool
	}{
		{"unknown authority", TLS{}, srv.URL, false},
		{"known authority", TLS{CAFile: ca}, srv.URL, true},
		{"folder of authorities", TLS{CADir: filepath.Dir(ca)}, srv.URL, true},
		{"file of authorities", TLS{CADir: ca}, srv.URL, true},
		{"folder without any", TLS{CADir: t.TempDir()}, srv.URL, false},
		{"any authority", TLS{SkipChain: true}, srv.URL, true},
		{"wrong name", TLS{CAFile: ca}, otherName, false},
		{"any authority, wrong name", TLS{SkipChain: true}, otherName, true},
		{"any name", TLS{CAFile: ca, SkipName: true}, otherName, true},
		{"any name, unknown authority", TLS{SkipName: true}, otherName, false},
		{"anything", TLS{SkipChain: true, SkipName: true}, otherName, true},
		{"1.3", TLS{CAFile: ca, MinVersion: tls.VersionTLS13}, srv.URL, true},
	} {
		t.Run(x.name, func(t *testing.T) {
			_, err := client(t, Options{TLS: x.o}).Do(t.Context(), Request{URL: x.url})
			if (err == nil) != x.ok {
				t.Error(err)
			}
			if err != nil && Code(err) != codePeerCert {
				t.Errorf("%d for %v", Code(err), err)
			}
		})
	}
}

func TestBadOptions(t *testing.T) {
	for _, o := range []Options{
		{TLS: TLS{CAFile: "/nowhere"}}, {TLS: TLS{CAFile: "/dev/null"}}, {TLS: TLS{CADir: "/nowhere"}}, {TLS: TLS{CertFile: "/nowhere"}}, {TLS: TLS{Ciphers: "RC4-MD5"}},
		{Interface: "nowhere0"}, {Proxy: "://"},
	} {
		_, err := New(o)
		if err == nil {
			t.Errorf("%+v taken", o)
		} else if o.TLS != (TLS{}) && strings.HasPrefix(Reason(err, 0), "Failure") {
			t.Errorf("%v has no reason of its own", err)
		}
	}
	if _, err := New(Options{Interface: "127.0.0.1", TLS: TLS{Ciphers: "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305"}}); err != nil {
		t.Error(err)
	}
}

// guarded asks for credentials, as challenge says, and checks them.
func guarded(challenge string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		sent := r.Header.Get("Authorization")
		if user, password, ok := r.BasicAuth(); ok && user == "al" && password == "secret" && strings.HasPrefix(challenge, "Basic") {
			fmt.Fprint(w, "basic")
			return
		}
		if d, err := sip.ParseDigest(sent); err == nil && strings.HasPrefix(challenge, "Digest") {
			a, _ := digest.FindAlgorithm(d.Algorithm)
			if string(a.AppendResponse(nil, a.HA1("al", "r", "secret"), &d, r.Method, "")) == d.Response && d.URI == r.URL.RequestURI() {
				fmt.Fprint(w, "digest ", d.Algorithm)
				return
			}
		}
		w.Header().Set("WWW-Authenticate", challenge)
		http.Error(w, "who are you?", http.StatusUnauthorized)
	}
}

func TestAuthentication(t *testing.T) {
	const digestChallenge = `Digest realm="r", nonce="n", qop="auth,auth-int", algorithm=`
	for _, x := range []struct {
		challenge, user string
		auth            Auth
		code            int
		want            string
	}{
		{`Basic realm="r"`, "al", 0, 200, "basic"},
		{`Basic realm="r"`, "al", Basic, 200, "basic"},
		{`Basic realm="r"`, "al", Digest, 401, "who"},
		{`Basic realm="r"`, "", 0, 401, "who"},
		{digestChallenge + "MD5", "al", 0, 200, "digest MD5"},
		{digestChallenge + "SHA-256", "al", Digest, 200, "digest SHA-256"},
		{digestChallenge + "SHA-256", "bo", Digest, 401, "who"},
		{digestChallenge + "MD5", "al", Basic, 401, "who"},
		{digestChallenge + "unknown", "al", 0, 401, "who"},
	} {
		srv := httptest.NewServer(guarded(x.challenge))
		got := do(t, client(t, Options{User: x.user, Password: "secret", Auth: x.auth}), Request{URL: srv.URL + "/a?b=c"})
		if got.Code != x.code || !strings.HasPrefix(got.Body, x.want) {
			t.Errorf("%s %d: %d %s", x.challenge, x.auth, got.Code, got.Body)
		}
		srv.Close()
	}
}

func TestTexts(t *testing.T) {
	for code, want := range map[int]string{-5: "Bad CURL error code", 200: "HTTP result code", 7: "Couldn't connect to server", 99: "Unknown error"} {
		if got := Text(code); got != want {
			t.Errorf("%d: %s", code, got)
		}
	}
}
