package msrp

import (
	"errors"
	"io"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/clock"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/transport"
)

var (
	alice = flow.Flow{Proto: flow.TCP, Conn: 1, Remote: netip.MustParseAddrPort("192.0.2.1:1000")}
	bob   = flow.Flow{Proto: flow.TCP, Conn: 2, Remote: netip.MustParseAddrPort("192.0.2.2:1000")}
)

// wires is the network of a test: what was sent to whom.
type wires struct {
	mu     sync.Mutex
	sent   map[flow.ConnID]string
	broken flow.ConnID
}

func (w *wires) SendWait(f flow.Flow, data []byte, _ transport.SendOptions) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f.Conn == w.broken {
		return transport.ErrConnClosed
	}
	w.sent[f.Conn] += string(data)
	return nil
}

func (w *wires) SendWith(f flow.Flow, data []byte, o transport.SendOptions) error {
	return w.SendWait(f, data, o)
}

func (w *wires) Reaches(f flow.Flow) bool { return f.Conn != w.broken }

// take gives what a peer got since the last time.
func (w *wires) take(f flow.Flow) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := w.sent[f.Conn]
	delete(w.sent, f.Conn)
	return text
}

// frames reads what a peer got.
func (w *wires) frames(t *testing.T, f flow.Flow) (list []*Frame) {
	t.Helper()
	for text := w.take(f); text != ""; {
		c := newCutter(1 << 20)
		frame, size, err := c.Cut([]byte(text))
		if err != nil || frame == nil {
			t.Fatalf("%v in %q", err, text)
		}
		list, text = append(list, frame), text[size:]
	}
	return list
}

// trickle is a connection that brings a text in small steps.
type trickle struct {
	from  flow.Flow
	rest  string
	step  int
	have  []byte
	peak  int
	empty error
}

func (x *trickle) Flow() flow.Flow { return x.from }
func (x *trickle) Bytes() []byte   { return x.have }
func (x *trickle) Discard(n int)   { x.have = x.have[n:] }
func (x *trickle) Fill() error {
	if x.rest == "" {
		return x.empty
	}
	n := min(x.step, len(x.rest))
	x.have = append(x.have, x.rest[:n]...)
	x.rest = x.rest[n:]
	x.peak = max(x.peak, len(x.have))
	return nil
}

// world is a relay whose handler answers 200 and relays everything to bob.
type world struct {
	*Relay
	*wires
	clock  *clock.Manual
	frames []*Frame
	noMore bool // do not relay
}

func (w *world) Handle(x *Exchange) {
	w.frames = append(w.frames, x.Frame)
	if !x.Frame.IsRequest() || w.noMore {
		return
	}
	x.Reply(200, "OK", "")
	_ = x.Relay(bob, transport.SendOptions{NoConnect: true})
}

func newWorld(l Limits) *world {
	w := &world{wires: &wires{sent: map[flow.ConnID]string{}}, clock: clock.NewManual(time.Unix(1e9, 0))}
	w.Relay = New(Options{Sender: w.wires, Handler: w, Clock: w.clock, Limits: l, Waiting: 4})
	return w
}

// feed serves a text to its end.
func (w *world) feed(from flow.Flow, text string, step int) (*trickle, error) {
	in := &trickle{from: from, rest: text, step: step, empty: io.EOF}
	for in.rest != "" || len(in.have) > 0 {
		if err := w.serve(in); err != nil {
			return in, err
		}
	}
	return in, nil
}

func send(id, extra, body string) string {
	return lines("MSRP "+id+" SEND\nTo-Path: msrp://r:1/s;tcp msrp://b:2/u;tcp\nFrom-Path: msrp://a:3/t;tcp\nMessage-ID: 9\n"+extra+"Content-Type: a/b\n\n") +
		body + lines("\n-------"+id+"$\n")
}

func TestRelay(t *testing.T) {
	w := newWorld(Limits{})
	if _, err := w.feed(alice, send("abcd", "Byte-Range: 1-5/5\nX-Y: z\n", "hello"), 10); err != nil {
		t.Fatal(err)
	}
	if got, want := w.take(alice), lines("MSRP abcd 200 OK\nTo-Path: msrp://a:3/t;tcp\nFrom-Path: msrp://r:1/s;tcp\nMessage-ID: 9\n-------abcd$\n"); got != want {
		t.Errorf("the reply:\n%s", got)
	}
	want := lines("MSRP abcd SEND\nTo-Path: msrp://b:2/u;tcp\nFrom-Path: msrp://r:1/s;tcp msrp://a:3/t;tcp\nMessage-ID: 9\nByte-Range: 1-5/5\nX-Y: z\nContent-Type: a/b\n\nhello\n-------abcd$\n")
	if got := w.take(bob); got != want {
		t.Errorf("what bob got:\n%s", got)
	}
}

// TestLongFrame: a frame that nobody holds leaves in chunks that give the same content.
func TestLongFrame(t *testing.T) {
	content := strings.Repeat("0123456789\r\n-------abcx$\r\n", 4000)
	for _, step := range []int{37, 1000, 4096, 70000} {
		w := newWorld(Limits{Piece: 1000})
		in, err := w.feed(alice, send("abcd", "byte-range: 11-*/110000\n", content), step)
		if err != nil {
			t.Fatal(err)
		}
		if in.peak > step+1000+300 {
			t.Errorf("step %d: %d bytes were held", step, in.peak)
		}
		if replies := w.wires.frames(t, alice); len(replies) != 1 {
			t.Errorf("%d replies", len(replies))
		}
		checkChunks(t, w.wires.frames(t, bob), content)
	}
}

func checkChunks(t *testing.T, chunks []*Frame, content string) {
	t.Helper()
	got, next := strings.Builder{}, int64(11)
	for i, f := range chunks {
		r, err := f.Range()
		if err != nil || r.Start != next || r.End != next+int64(len(f.Body))-1 || r.Total != 110000 {
			t.Fatalf("chunk %d: %+v, %v", i, r, err)
		}
		if last := i == len(chunks)-1; last != (f.Flag == Complete) {
			t.Errorf("chunk %d of %d has the flag %c", i, len(chunks), f.Flag)
		}
		if f.Header("Message-ID") != "9" || f.Header("Content-Type") != "a/b" || f.From.Len() != 2 {
			t.Fatalf("chunk %d:\n%s", i, f.Head)
		}
		got.WriteString(f.Body)
		next = r.End + 1
	}
	if got.String() != content {
		t.Errorf("%d bytes of content, want %d", got.Len(), len(content))
	}
}

func TestSenderLeavesInTheMiddle(t *testing.T) {
	w := newWorld(Limits{Piece: 100})
	text := send("abcd", "", strings.Repeat("x", 950))
	_, err := w.feed(alice, text[:len(text)-100], 50)
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	chunks := w.wires.frames(t, bob)
	if got := w.take(alice); got != "" {
		t.Errorf("alice was told %q", got)
	}
	if last := chunks[len(chunks)-1]; last.Flag != Aborted || len(chunks) < 8 {
		t.Errorf("%d chunks, the last one with %c", len(chunks), last.Flag)
	}
}

func TestLongFrameThatIsNotRelayed(t *testing.T) {
	w := newWorld(Limits{Piece: 100})
	w.noMore = true
	if _, err := w.feed(alice, send("abcd", "", strings.Repeat("x", 5000))+send("abce", "", "y"), 50); err != nil || len(w.frames) != 2 {
		t.Errorf("%d frames, %v", len(w.frames), err)
	}
	if got := w.take(bob); got != "" {
		t.Errorf("bob got %q", got)
	}
}

func reply(id, status string) string {
	return lines("MSRP " + id + " " + status + "\nTo-Path: msrp://r:1/s;tcp\nFrom-Path: msrp://b:2/u;tcp\n-------" + id + "$\n")
}

// TestFailures: who is told of what, by the sender's Failure-Report.
func TestFailures(t *testing.T) {
	for _, x := range []struct{ asks, reply, want string }{
		{"", "200 OK", ""},
		{"", "", "000 408 Timeout"},
		{"", "413 Enough", "000 413 Enough"},
		{"", "481", "000 481"},
		{"Failure-Report: yes\n", "", "000 408 Timeout"},
		{"Failure-Report: partial\n", "", ""},
		{"Failure-Report: partial\n", "413 Enough", "000 413 Enough"},
		{"Failure-Report: no\n", "413 Enough", ""},
		{"Failure-Report: no\n", "", ""},
	} {
		w := newWorld(Limits{})
		if _, err := w.feed(alice, send("abcd", x.asks+"Byte-Range: 1-5/5\n", "hello"), 999); err != nil {
			t.Fatal(err)
		}
		w.take(alice)
		if x.reply != "" {
			if _, err := w.feed(bob, reply("abcd", x.reply), 999); err != nil {
				t.Fatal(err)
			}
		}
		w.clock.Advance(ReplyTime + time.Second)
		w.Tick()
		got := w.wires.frames(t, alice)
		if x.want == "" {
			if len(got) > 0 {
				t.Errorf("%+v: alice got %s", x, got[0].Raw)
			}
			continue
		}
		if len(got) != 1 || got[0].Method != "REPORT" || got[0].Header("Status") != x.want || got[0].Header("Byte-Range") != "1-5/5" ||
			got[0].Header("Message-ID") != "9" || got[0].To != "msrp://a:3/t;tcp" || got[0].From != "msrp://r:1/s;tcp" {
			t.Errorf("%+v: alice got %v", x, got)
		}
	}
}

// TestNobodyThere: whoever was told 200 hears that it was not true, and the rest of the frame is thrown away.
func TestNobodyThere(t *testing.T) {
	w := newWorld(Limits{Piece: 100})
	w.broken = bob.Conn
	if _, err := w.feed(alice, send("abcd", "", strings.Repeat("x", 950)), 50); err != nil {
		t.Fatal(err)
	}
	got := w.wires.frames(t, alice)
	if len(got) != 2 || got[0].Code != 200 || got[1].Header("Status") != "000 481 Session-does-not-exist" {
		t.Errorf("alice got %v", got)
	}
}

// TestChunkReplies: nobody but the relay hears of the replies to the chunks that it made.
func TestChunkReplies(t *testing.T) {
	w := newWorld(Limits{Piece: 100})
	if _, err := w.feed(alice, send("abcd", "", strings.Repeat("x", 250)), 50); err != nil {
		t.Fatal(err)
	}
	chunks := w.wires.frames(t, bob)
	w.take(alice)
	for i, f := range chunks {
		status := "200 OK"
		if i == len(chunks)-1 {
			status = "413 Enough"
		}
		if _, err := w.feed(bob, reply(f.ID, status), 99); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.frames) != 2 || w.frames[1].ID != "abcd" {
		t.Errorf("the handler had %d frames", len(w.frames))
	}
	if got := w.wires.frames(t, alice); len(got) != 1 || got[0].Header("Byte-Range") != chunks[len(chunks)-1].Header("Byte-Range") {
		t.Errorf("alice got %v", got)
	}
}

func TestRefusals(t *testing.T) {
	w := newWorld(Limits{})
	for text, want := range map[string]string{
		send("abcd", "Byte-Range: 5-1/5\n", "x"):                                                "MSRP abcd 400 Bad request\r\n",
		strings.Replace(send("abcd", "", "x"), "msrp://b", "http://b", 1):                       "MSRP abcd 400 Bad request\r\n",
		strings.Replace(send("abcd", "", "x"), "msrp://b:2/u;tcp", long(200), 1):                "MSRP abcd 400 Path too long\r\n",
		strings.Replace(send("abcd", "", "x"), "SEND\r\nTo-Path: m", "REPORT\r\nTo-Path: h", 1): "",
	} {
		if _, err := w.feed(alice, text, 999); err != nil {
			t.Errorf("%v for %s", err, text)
		}
		if got := w.take(alice); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%q for %s", got, text)
		}
	}
	if len(w.frames) != 0 {
		t.Errorf("the handler had %d frames", len(w.frames))
	}
}

func long(hops int) string { return strings.TrimSuffix(strings.Repeat("msrp://b:2/u;tcp ", hops), " ") }

// TestWaitingIsBounded: the oldest requests are forgotten.
func TestWaitingIsBounded(t *testing.T) {
	w := newWorld(Limits{})
	for i := range 10 {
		if _, err := w.feed(alice, send("abc"+string(rune('a'+i)), "", "x"), 999); err != nil {
			t.Fatal(err)
		}
	}
	w.take(alice)
	w.clock.Advance(ReplyTime + time.Second)
	w.Tick()
	if got := w.wires.frames(t, alice); len(got) != 4 || w.Stats.Forgotten.Load() != 6 {
		t.Errorf("%d reports, %d forgotten", len(got), w.Stats.Forgotten.Load())
	}
}

// TestLongReply: nothing but a SEND is cut into chunks.
func TestLongReply(t *testing.T) {
	w := newWorld(Limits{Piece: 100})
	for _, what := range []string{"AUTH", "200 OK", "REPORT"} {
		text := strings.Replace(send("abcd", "", strings.Repeat("x", 999)), "SEND", what, 1)
		if _, err := w.feed(alice, text, 50); !errors.Is(err, ErrTooMuch) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
