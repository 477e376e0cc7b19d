package rpc

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
)

// exchange is one case of a file in testdata.
type exchange struct{ request, reply string }

// readExchanges reads lines that start with "> " and "<".
func readExchanges(t testing.TB, file string) []exchange {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var out []exchange
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if request, ok := strings.CutPrefix(line, "> "); ok {
			out = append(out, exchange{request: request})
		} else if reply, ok := strings.CutPrefix(line, "<"); ok {
			out[len(out)-1].reply = strings.TrimPrefix(reply, " ")
		}
	}
	return out
}

func TestJSONCompact(t *testing.T) {
	h := &JSONHandler{Registry: shapes(t)}
	for _, e := range readExchanges(t, "json_compact.txt") {
		checkJSON(t, h, e.request, e.reply)
	}
}

func TestJSONPretty(t *testing.T) {
	h := &JSONHandler{Registry: shapes(t), Pretty: true}
	unescape := strings.NewReplacer(`\n`, "\n", `\t`, "\t")
	for _, e := range readExchanges(t, "json_pretty.txt") {
		checkJSON(t, h, e.request, unescape.Replace(e.reply))
	}
}

func checkJSON(t *testing.T, h *JSONHandler, request, want string) {
	t.Helper()
	reply, err := h.Handle(context.Background(), []byte(request))
	if want == "" && !errors.Is(err, ErrMalformed) {
		t.Errorf("%s\n got %s, %v; want no reply", request, reply.Body, err)
	}
	if string(reply.Body) != want {
		t.Errorf("%s\n got %s\nwant %s", request, reply.Body, want)
	}
}

// kamctl ping sends the line ends of its headers as they are.
func TestJSONControls(t *testing.T) {
	h := &JSONHandler{Registry: shapes(t)}
	checkJSON(t, h, "{\"jsonrpc\":\"2.0\",\n\"method\":\"core.echo\",\"params\":[\"a\r\nb\\\"\t\"],\"id\":4}",
		`{"jsonrpc":"2.0","result":["a\r\nb\"\t"],"id":4}`)
}

func TestJSONReplyTooLarge(t *testing.T) {
	h := &JSONHandler{Registry: shapes(t), MaxReply: 100}
	checkJSON(t, h, `{"jsonrpc":"2.0","method":"system.listMethods","id":4}`,
		`{"jsonrpc":"2.0","error":{"code":500,"message":"Reply Too Large"},"id":4}`)
}

func TestJSONFramer(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{"a":1}`, `[{"a":1}]`},
		{"\n {\"a\":\n1}\n", "[{\"a\":\n1}]"},
		{`{"a":{"b":{}}}{"c":2}`, `[{"a":{"b":{}}}][{"c":2}]`},
		{`{"a":"}\"}{"}`, `[{"a":"}\"}{"}]`},
		{`}}"junk" ]{"a":1}`, `[{"a":1}]`},
		{`{"a":1`, ``},
		{`{"0123456789012345678901234567890123456789":1}{"b":2}`, `[too large][{"b":2}]`},
	} {
		for _, step := range []int{1, 3, 1000} {
			if got := frameAll(c.in, step); got != c.want {
				t.Errorf("%q in steps of %d: %s, want %s", c.in, step, got, c.want)
			}
		}
	}
}

func frameAll(in string, step int) string {
	f := jsonFramer{limit: 40}
	out := ""
	for at := 0; at < len(in); at += step {
		for object, err := range f.feed([]byte(in[at:min(at+step, len(in))])) {
			if err != nil {
				out += "[too large]"
				continue
			}
			out += "[" + string(object) + "]"
		}
	}
	return out
}

// FuzzJSONRPC: any text has a reply that is JSON, or none.
func FuzzJSONRPC(f *testing.F) {
	for _, e := range readExchanges(f, "json_compact.txt") {
		f.Add([]byte(e.request))
	}
	registry := shapes(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		if bytes.Contains(text, []byte("test.")) {
			return // these wait or take memory on purpose
		}
		for _, pretty := range []bool{false, true} {
			h := &JSONHandler{Registry: registry, Pretty: pretty}
			reply, err := h.Handle(context.Background(), text)
			if err == nil && !json.Valid(reply.Body) {
				t.Errorf("%q is answered with %q", text, reply.Body)
			}
		}
	})
}

func BenchmarkJSON(b *testing.B) {
	h := &JSONHandler{Registry: shapes(b)}
	request := []byte(`{"jsonrpc":"2.0","method":"ul.dump","id":2}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Handle(context.Background(), request); err != nil {
			b.Fatal(err)
		}
	}
}
