// Package regex matches texts against Perl compatible regular expressions, given in the script or in groups in a file.
package regex

import (
	"fmt"
	"sync/atomic"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/pcre"
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the regex module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "regex",
	Doc:  "Perl compatible regular expressions, from the script or in groups from a file.",
	New:  func() *state { return new(state) },
	Params: kemi.Params[state]{
		kemi.StrParam("file", "", func(s *state) *string { return &s.file }, "file with groups of expressions for pcre_match_group; without one the pcre_ parameters do not count either"),
		kemi.IntParam("max_groups", 20, func(s *state) *int { return &s.maxGroups }, "how many groups the file may have"),
		kemi.IntParam("group_max_size", 8192, func(s *state) *int { return &s.maxSize }, "how many bytes a group may have"),
		kemi.IntParam("pcre_caseless", 0, func(s *state) *int { return &s.caseless }, "1: letters match in either case"),
		kemi.IntParam("pcre_multiline", 0, func(s *state) *int { return &s.multiline }, "1: ^ and $ match at line ends too"),
		kemi.IntParam("pcre_dotall", 0, func(s *state) *int { return &s.dotall }, "1: a dot matches a line end too"),
		kemi.IntParam("pcre_extended", 0, func(s *state) *int { return &s.extended }, "1: blanks and comments in expressions do not count"),
	},
	Funcs: kemi.Funcs[state]{
		{Name: "pcre_match", Args: "text str, regex str", Returns: kemi.Code, Call: (*state).match, Doc: "1 if the expression matches somewhere in the text, else -1; -4 if it cannot be read"},
		{Name: "pcre_match_group", Args: "text str, group int", Returns: kemi.Code, Call: (*state).matchGroup, Doc: "1 if an expression of a group in the file matches, the first group is 0, else -1; -2 without a file, -4 if there is no such group"},
	},
	RPC: kemi.Commands[state]{
		{Name: "regex.reload", Run: (*state).reload, Doc: "Read the file again; if that fails the old groups stay."},
	},
})

// state is the module in one server.
type state struct {
	file                                  string
	maxGroups, maxSize                    int
	caseless, multiline, dotall, extended int

	srv    *kemi.Server
	flags  pcre.Flags
	groups atomic.Pointer[[]*pcre.Regexp]
	cache  cache
}

// Start reads the file. The flags count only with a file, as in the incumbent.
func (s *state) Start(srv *kemi.Server) error {
	s.srv = srv
	if s.file == "" {
		return nil
	}
	for _, f := range []struct {
		param int
		flag  pcre.Flags
	}{{s.caseless, pcre.FoldCase}, {s.multiline, pcre.MultiLine}, {s.dotall, pcre.DotAll}, {s.extended, pcre.Extended}} {
		if f.param != 0 {
			s.flags |= f.flag
		}
	}
	return s.load()
}

func (s *state) load() error {
	groups, err := loadGroups(s.file, limits{s.maxGroups, s.maxSize}, s.flags)
	if err != nil {
		return err
	}
	s.groups.Store(&groups)
	return nil
}

func (s *state) reload(c *rpc.Call) error {
	if s.file == "" {
		return c.Fault(500, "Group matching not enabled")
	}
	if err := s.load(); err != nil {
		s.srv.Log.Error("regex", "reload: "+err.Error())
		return c.Fault(500, "Failed to reload")
	}
	return nil
}

// The results.
var (
	yes      = kemi.Int(1)
	no       = kemi.Int(-1)
	disabled = kemi.Int(-2)
	bad      = kemi.Int(-4)
)

func (s *state) match(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	re, err := s.cache.get(a.Str(1), s.flags)
	if err != nil {
		c.Misuse("regex.pcre_match", fmt.Sprintf("the expression %q: %v", a.Str(1), err))
		return bad
	}
	return run(c, re, a.Str(0))
}

func (s *state) matchGroup(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	groups := s.groups.Load()
	if groups == nil {
		c.Misuse("regex.pcre_match_group", "there are no groups; set the parameter file")
		return disabled
	}
	n := a.Int(1)
	if n < 0 || n >= len(*groups) {
		c.Misuse("regex.pcre_match_group", fmt.Sprintf("there is no group %d; the file has %d", n, len(*groups)))
		return bad
	}
	return run(c, (*groups)[n], a.Str(0))
}

// run matches. A match that takes too much work counts as none.
func run(c *kemi.Ctx, re *pcre.Regexp, text string) kemi.Value {
	found, err := re.Match(text)
	if err != nil {
		c.Log(log.Err, "regex", c.Where()+": "+err.Error()+": "+re.String())
	}
	if found {
		return yes
	}
	return no
}
