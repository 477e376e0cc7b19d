//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// phoneConfig is a baresip without sound hardware: it sends a tone and writes what it hears to a file.
const phoneConfig = `sip_listen 127.0.0.1:%d
net_interface 127.0.0.1
rtp_ports 24800-24998
audio_source ausine,440
ausrc_srate 48000
ausrc_channels 2
audio_player aufile,%[2]s/heard.wav
audio_alert aufile,%[2]s/alert.wav
module_path /usr/lib/baresip/modules
module g711.so
module ausine.so
module aufile.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
`

// phone starts a softphone that registers as user and answers every call.
func (s *server) phone(t *testing.T, user string, args ...string) *process {
	t.Helper()
	need(t, "baresip")
	dir := filepath.Join(s.dir, user)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	account := fmt.Sprintf("<sip:%s@example.test>;auth_pass=none;outbound=\"sip:%s\";regint=60;answermode=auto\n", user, s.addr)
	write(t, filepath.Join(dir, "config"), fmt.Sprintf(phoneConfig, freePort(t), dir))
	write(t, filepath.Join(dir, "accounts"), account)
	p := spawn(t, dir, "baresip", append([]string{"-f", dir}, args...)...)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("end of %s's log:\n%s", user, tail(p.output.String(), 25))
		}
	})
	eventually(t, user+" is registered", func() bool { return strings.Contains(p.output.String(), "200 OK") })
	return p
}

func says(p *process, text string) func() bool {
	return func() bool { return strings.Contains(p.output.String(), text) }
}

func TestSoftphoneAnswersSIPp(t *testing.T) {
	need(t, "sipp", "baresip")
	s := start(t, "")
	bob := s.phone(t, "bob")
	out, code := run(t, 3*time.Minute, s.dir, "sipp", s.sippArgs(t, "call-one.xml", "u1",
		s.addr, "-key", "user", "bob", "-m", "3", "-r", "1", "-rp", "1500", "-timeout", "120", "-timeout_error")...)
	if done, failed := sippCalls(t, out); code != 0 || done != 3 || failed != 0 {
		t.Errorf("SIPp: exit %d, %d calls done, %d failed\n%s%s", code, done, failed, tail(out, 40), s.sippErrors())
	}
	eventually(t, "bob's log tells of 3 calls", func() bool { return strings.Count(bob.output.String(), "Call established") >= 3 })
	if n := strings.Count(bob.output.String(), "Call established"); n != 3 {
		t.Errorf("bob answered %d calls, not 3", n)
	}
}

func TestSoftphonesTalk(t *testing.T) {
	need(t, "baresip")
	s := start(t, "")
	bob := s.phone(t, "bob")
	alice := s.phone(t, "alice", "-t", "15", "-e", "/dial sip:bob@example.test")
	eventually(t, "alice's call is established", says(alice, "Call established: sip:bob@example.test"))
	eventually(t, "bob's call is established", says(bob, "Call established: sip:alice@example.test"))
	eventually(t, "bob hears alice", says(bob, "incoming rtp for 'audio' established"))
	eventually(t, "bob hears of the end", says(bob, "Call with sip:alice@example.test terminated"))
}
