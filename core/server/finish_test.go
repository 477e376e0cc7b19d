package server

import (
	"strings"
	"testing"
	"time"
)

// TestFinish: new requests are refused, and what was begun ends.
func TestFinish(t *testing.T) {
	x, seen := busyServer(nil)
	c, late := x.calls[0], x.calls[1]
	x.receive(c.invite, callerAddr)
	x.Finish()
	if n := x.Unfinished(); n != 1 {
		t.Errorf("%d unfinished while a call rings", n)
	}
	x.receive(late.invite, callerAddr)
	if n := x.Stats.TooLate.Load(); n != 1 || seen["INVITE"] != 1 || x.Stats.StatelessReplies(503, 503) != 1 {
		t.Errorf("a new call: %d refused, the script saw %v", n, seen)
	}
	x.receive(c.invite, callerAddr) // a repetition
	x.receive("SIP/2.0 180 Ringing\r\n"+string(x.out.via)+c.replies, calleeAddr)
	x.receive("SIP/2.0 200 OK\r\n"+string(x.out.via)+c.replies, calleeAddr)
	x.receive(c.ack, callerAddr)
	x.receive(c.bye, callerAddr)
	if n := x.Unfinished(); n != 1 || seen["BYE"] != 1 {
		t.Errorf("%d unfinished with a BYE on its way, seen %v", n, seen)
	}
	x.receive("SIP/2.0 200 OK\r\n"+string(x.out.via)+c.byeReply, calleeAddr)
	if n := x.Unfinished(); n != 0 || x.Stats.TooLate.Load() != 1 {
		t.Errorf("%d unfinished after the call, %d refused", n, x.Stats.TooLate.Load())
	}
}

// TestFinishCounts what has let go of its shard.
func TestFinishCounts(t *testing.T) {
	x, _ := busyServer(nil)
	sh, proceed, away := x.shards[0], make(chan struct{}), make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		sh.Do(func() {
			sh.Wait(func() {
				close(away)
				<-proceed
			})
		})
	}()
	<-away
	if n := x.Unfinished(); n == 0 {
		t.Error("a job that waits for a database is forgotten")
	}
	close(proceed)
	<-done
	sh.Do(func() {}) // the shard has been given up
	x.clock.Advance(time.Minute)
	x.Tick()
	if n := sh.InHand(); n != 0 {
		t.Errorf("%d jobs in hand of an idle shard", n)
	}
}

// TestFinishAnswer: clients learn when they may come back.
func TestFinishAnswer(t *testing.T) {
	var w *world
	w = newWorld(t, answer(&w, 200))
	w.server.Finish()
	w.send(options)
	if !strings.HasPrefix(w.last(), "SIP/2.0 503 Server Stopping\r\n") || !strings.Contains(w.last(), "\r\n"+retryLater) {
		t.Errorf("%q", w.last())
	}
	w.send(strings.Replace(options, "home.example>", "home.example>;tag=x", 1))
	if !strings.HasPrefix(w.last(), "SIP/2.0 200 ") {
		t.Errorf("within a dialog: %q", w.last())
	}
}
