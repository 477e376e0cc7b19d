package sdpops

import (
	"errors"
	"math"
	"strconv"

	"github.com/moonroute/moonroute/kemi"
)

var vars = kemi.Vars[state]{
	{Name: "sdp", Named: true, Parse: parseName, Get: getSDP, Set: setSDP, Doc: "part of the description: body, sess_version; sess_version can be written once the description was read, -1 adds one to it"},
	{Name: "sdpitval", Named: true, Get: func(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value { return lineValue(s.present(c, a.Inner)) }, Doc: "line that an iterator stands on"},
}

// part is what stands in $sdp(…).
type part uint8

const (
	partBody part = iota
	partVersion
)

var parts = map[string]part{"body": partBody, "sess_version": partVersion}

var errName = errors.New("want body or sess_version")

func parseName(_ *state, _ *kemi.Registry, inner string) (any, error) {
	p, ok := parts[inner]
	if !ok {
		return nil, errName
	}
	return p, nil
}

func getSDP(s *state, c *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	d, err := s.read(c)
	if err != nil {
		return kemi.Null
	}
	if a.Data.(part) == partBody {
		return kemi.Str(d.Text)
	}
	if n, ok := version(d.Version); ok {
		return kemi.Int(n)
	}
	return kemi.Null
}

// version reads a session version; those beyond 31 bits cannot be read, as in the incumbent.
func version(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && n <= math.MaxInt32 && n >= math.MinInt32
}

// setSDP writes the session version of a description that was read before.
func setSDP(s *state, c *kemi.Ctx, a *kemi.VarArgs, v kemi.Value) bool {
	if a.Data.(part) != partVersion || v.Kind() != kemi.KindInt || c.Msg == nil {
		return false
	}
	k := s.known(c)
	if k == nil || k.err != nil {
		return false
	}
	present, ok := version(k.description.Version)
	if !ok {
		return false
	}
	n := v.Int()
	if n == -1 {
		n = present + 1
	}
	c.Msg.Edits.Replace(c.Msg.Offset(k.description.Version), len(k.description.Version), strconv.Itoa(n))
	return true
}
