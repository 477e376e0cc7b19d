package tm

import (
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/route"
)

// TestMatchingOfRequests has pairs of a first request and a second one that repeats it or not (RFC 3261 17.2.3).
func TestMatchingOfRequests(t *testing.T) {
	const modern, old = "branch=z9hG4bK-1", "branch=1"
	cases := []struct {
		name   string
		branch string
		change func(string) string
		want   int // of t_check_trans for the second
	}{
		{"the same", modern, nil, 0},
		{"another branch", modern, replace("bK-1", "bK-2"), -1},
		{"another sent-by port", modern, replace("10.0.0.1:5060", "10.0.0.1:5070"), -1},
		{"another method", modern, replace("MESSAGE", "INFO"), -1},
		{"another Call-ID under the same branch", modern, replace("Call-ID: x", "Call-ID: y"), -1},
		{"another CSeq under the same branch", modern, replace("CSeq: 1", "CSeq: 2"), -1},
		{"another request URI counts for nothing", modern, replace("MESSAGE sip:bob", "MESSAGE sip:carol"), 0},
		{"older peer: the same", old, nil, 0},
		{"older peer: another request URI", old, replace("MESSAGE sip:bob", "MESSAGE sip:carol"), -1},
		{"older peer: another Via", old, replace("branch=1", "branch=2"), -1},
		{"older peer: another From tag", old, replace("tag=a", "tag=b"), -1},
		{"older peer: another To tag", old, replace("bob@10.0.0.2>\n", "bob@10.0.0.2>;tag=z\n"), -1},
	}
	for _, c := range cases {
		w := newWorld(t, nil)
		raw := `MESSAGE sip:bob@10.0.0.2 SIP/2.0
Via: SIP/2.0/UDP 10.0.0.1:5060;` + c.branch + `
From: <sip:alice@10.0.0.1>;tag=a
To: <sip:bob@10.0.0.2>
Call-ID: x
CSeq: 1 MESSAGE
Content-Length: 0

`
		w.table.New(w.message("alice", raw))
		if c.change != nil {
			raw = c.change(raw)
		}
		if rc := w.table.Check(w.message("alice", raw)); rc != c.want {
			t.Errorf("%s: %d, want %d", c.name, rc, c.want)
		}
	}
}

func replace(from, to string) func(string) string {
	return func(s string) string { return strings.ReplaceAll(s, from, to) }
}

func TestOlderPeersAckAndCancel(t *testing.T) {
	w := newWorld(t, nil)
	old := func(m *route.Message) *route.Message {
		return w.message("alice", strings.ReplaceAll(strings.ReplaceAll(m.Raw, "\r\n", "\n"), "branch=z9hG4bK-c", "branch=c"))
	}
	w.relay(old(w.request("INVITE", "c")))
	invite := w.grab("bob INVITE", "alice 100 INVITE", "bob INVITE")
	w.reply("bob", invite, 180)
	w.relay(old(w.message("alice", w.cancel("c"))))
	w.expect("alice 180 INVITE", "bob CANCEL", "alice 200 CANCEL")
	w.reply("bob", invite, 487)
	w.expect("bob ACK", "alice 487 INVITE")
	if rc := w.table.Check(old(w.ack("c", "bob", true))); rc != 0 {
		t.Error(rc)
	}
	w.empty()
}

func TestStrayReplies(t *testing.T) {
	w := newWorld(t, nil)
	w.relay(w.request("INVITE", "c"))
	invite := w.last("bob INVITE")
	for name, change := range map[string]func(string) string{
		"another branch of ours": replace("z9hG4bK3.0.", "z9hG4bK3.1."),
		"another shard":          replace("z9hG4bK3.", "z9hG4bK4."),
		"a branch too many":      replace(".0\n", ".7\n"),
		"another method":         replace("1 INVITE", "1 BYE"),
		"a CANCEL never sent":    replace("1 INVITE", "1 CANCEL"),
	} {
		m := w.answer("bob", invite, 200)
		raw := change(strings.ReplaceAll(m.Raw, "\r\n", "\n"))
		if w.table.Reply(w.message("bob", raw)) {
			t.Errorf("%s: the reply matched", name)
		}
	}
	if !w.reply("bob", invite, 200) {
		t.Error("the right reply did not match")
	}
}

// recorder is a hook that notes what it is told.
type recorder struct{ seen []HookKind }

func (r *recorder) Kinds() uint32 { return 1<<hookKinds - 1 }
func (r *recorder) OnTransaction(e *HookEvent) {
	if e.Transaction == nil || e.Request == nil {
		panic("an event without its transaction")
	}
	r.seen = append(r.seen, e.Kind)
}

func (r *recorder) take() []HookKind {
	seen := r.seen
	r.seen = nil
	return seen
}

func TestHooks(t *testing.T) {
	w, r := newWorld(t, nil), new(recorder)
	w.table.env.Hooks = NewHooks(r)
	expect := func(what string, want ...HookKind) {
		t.Helper()
		got := r.take()
		if len(got) != len(want) {
			t.Fatalf("%s: %v, want %v", what, got, want)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("%s: %v, want %v", what, got, want)
			}
		}
	}
	w.relay(w.request("INVITE", "h"))
	expect("INVITE", RequestIn, ReplyOut, RequestOut)
	invite := w.last("bob INVITE")
	w.table.Check(w.request("INVITE", "h"))
	expect("again", RequestRetransmitted, ReplyRetransmitted)
	w.reply("bob", invite, 180)
	expect("180", ReplyIn, ReplyOut)
	w.reply("bob", invite, 486)
	expect("486", ReplyIn, AckOut, OnFailure, ReplyOut)
	w.relay(w.ack("h", "bob", true))
	expect("ACK", AckIn)
	w.empty()
	expect("end", Destroyed)
	w.relay(w.request("INVITE", "i"))
	w.reply("bob", w.last("bob INVITE"), 180)
	r.take()
	w.relay(w.message("alice", w.cancel("i")))
	expect("CANCEL", RequestIn, CancelIn, CancelOut, ReplyOut)
}
