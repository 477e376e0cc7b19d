package exec

import (
	"crypto/md5" // a short name of a transaction, no protection
	"encoding/hex"
	"os"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
)

// passed are the variables of the server's own environment that a command gets. Others may
// hold secrets, such as a database's password.
var passed = [...]string{"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TERM"}

func inherited() (env []string) {
	for _, name := range passed {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// environment is what a command is told of a message.
func (s *state) environment(m *route.Message) []string {
	env := inherited()
	if s.setvars == 0 {
		return env
	}
	add := func(name, value string) { env = append(env, name+"="+s.harmless(value)) }
	for _, h := range headerVars(m) {
		add("SIP_HF_"+h.name, h.value)
	}
	add("SIP_TID", transactionID(m))
	add("SIP_DID", toTag(m))
	add("SIP_SRCIP", m.Flow.Remote.Addr().Unmap().String())
	if !m.IsRequest {
		return env
	}
	add("SIP_ORUI", m.RequestURI) // the incumbent's spelling
	add("SIP_ORURI", m.RequestURI)
	add("SIP_OUSER", userOf(m.RequestURI))
	add("SIP_RURI", m.CurrentURI())
	add("SIP_USER", userOf(m.CurrentURI()))
	return env
}

// harmless is a value that the system takes, and that no old bash takes for a function.
func (s *state) harmless(value string) string {
	if strings.IndexByte(value, 0) >= 0 {
		value = strings.ReplaceAll(value, "\x00", "")
	}
	if s.bashSafety != 0 && strings.HasPrefix(value, "()") {
		return " " + value
	}
	return value
}

// headerVar is a header field as a variable: several of one name are joined.
type headerVar struct{ name, value string }

func headerVars(m *route.Message) (list []headerVar) {
	place := map[string]int{}
	for i := range m.Headers {
		h := &m.Headers[i]
		name := variableName(h)
		if at, known := place[name]; known {
			list[at].value += "," + h.Value
			continue
		}
		place[name] = len(list)
		list = append(list, headerVar{name, h.Value})
	}
	return list
}

// variableName is the long name of a header field in capitals; what no variable's name can
// hold becomes an underscore. Call-ID is CALLID.
func variableName(h *sip.Header) string {
	switch h.Type {
	case sip.HdrCallID:
		return "CALLID"
	case sip.HdrOther:
		return strings.Map(variableByte, h.Name)
	}
	return strings.Map(variableByte, h.Type.Name())
}

func variableByte(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z':
		return r - 'a' + 'A'
	case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return r
	}
	return '_'
}

// transactionID is the same for a request, its repetitions, its CANCEL and its ACK.
func transactionID(m *route.Message) string {
	text := m.CallID()
	if cseq, err := m.CSeq(); err == nil {
		text += "\n" + strconv.FormatUint(uint64(cseq.Number), 10)
	}
	if from, err := m.From(); err == nil {
		text += "\n" + from.Tag
	}
	if via, err := m.TopVia(); err == nil {
		text += "\n" + via.Branch
	}
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

func toTag(m *route.Message) string {
	to, err := m.To()
	if err != nil {
		return ""
	}
	return to.Tag
}

func userOf(uri string) string {
	u, err := sip.ParseURI(uri)
	if err != nil {
		return ""
	}
	return u.User
}
