package registrar

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moonroute/moonroute/core/location"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

// stuckBacking is a database that answers when it is let.
type stuckBacking struct{ going chan struct{} }

func (b stuckBacking) Save(string, []location.Event) error     { <-b.going; return nil }
func (b stuckBacking) Load(string) ([]location.Contact, error) { <-b.going; return nil, nil }
func (b stuckBacking) LoadRUID(string) (c location.Contact, found bool, err error) {
	return c, false, nil
}

// TestStuckDatabase: a REGISTER waits for a while and gets 500; later ones wait less, and all is
// well when the database goes on.
func TestStuckDatabase(t *testing.T) {
	for _, unkept := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			h := kemitest.Start(t, "", fakeUsrloc, Module)
			b := stuckBacking{make(chan struct{})}
			h.Location.Add("location", location.Options{Backing: b, Unkept: unkept})
			for i, most := range []time.Duration{patience, haste, haste} {
				begin := time.Now()
				if got := registerOnce(t, h, fmt.Sprint("user", i)); got != -1 || time.Since(begin) > most {
					t.Errorf("REGISTER %d: %d after %v", i, got, time.Since(begin))
				}
			}
			close(b.going)
			synctest.Wait()
			if got := registerOnce(t, h, "last"); got < added {
				t.Errorf("after its return: %d", got)
			}
			if n := strings.Count(h.Log(), errStuck.Error()); n != 1 {
				t.Errorf("%d records", n)
			}
			h.Stop()
		})
	}
}

// countingBacking is a stuckBacking that tells how often something was saved.
type countingBacking struct {
	stuckBacking
	saves atomic.Int64
}

func (b *countingBacking) Save(string, []location.Event) error     { b.saves.Add(1); <-b.going; return nil }
func (b *countingBacking) Load(string) ([]location.Contact, error) { return nil, nil }

// TestChangesThatFailedDoNotComeLate: a REGISTER that waits for one before it, and is answered 500
// meanwhile, is not done when the database goes on.
func TestChangesThatFailedDoNotComeLate(t *testing.T) {
	h := kemitest.Start(t, "", fakeUsrloc, Module)
	b := &countingBacking{stuckBacking: stuckBacking{make(chan struct{})}}
	h.Location.Add("location", location.Options{Backing: b})
	for _, contact := range []string{"a", "b", "c"} {
		if got := registerAt(t, h, "alice", contact); got != -1 {
			t.Errorf("a database that hangs: %d", got)
		}
	}
	close(b.going)
	for _, in := range h.Registry.Modules() {
		if s, ok := in.State.(*state); ok {
			for s.gate.inFlight.Load() > 0 {
				time.Sleep(time.Millisecond)
			}
		}
	}
	if n := b.saves.Load(); n != 1 {
		t.Errorf("saved %d times", n)
	}
}

func registerOnce(t *testing.T, h *kemitest.Host, user string) int {
	return registerAt(t, h, user, "a")
}

func registerAt(t *testing.T, h *kemitest.Host, user, contact string) (result int) {
	h.Run("REGISTER sip:h SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:"+user+"@h>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\nContact: <sip:"+contact+"@c>\r\n\r\n", func(c *kemi.Ctx) {
		result = h.Call(c, "registrar", "save", kemi.Str("location"), kemi.Int(0)).Int()
		if want := "P-Registrar-Error: usrloc_contact_insert failed"; result < 0 && !strings.Contains(strings.Join(c.Msg.Answer.Headers, ""), want) {
			t.Error(c.Msg.Answer.Headers)
		}
	})
	return result
}
