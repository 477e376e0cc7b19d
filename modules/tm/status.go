package tm

import (
	"regexp"
	"strconv"
	"sync"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/kemi"
)

func (s *state) statusCode(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if code := c.Shard.TM.StatusOf(c.Msg); code > 0 {
		return kemi.Int(code)
	}
	return no
}

func (s *state) checkStatus(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	code := c.Shard.TM.StatusOf(c.Msg)
	re := s.patterns.get(a.Str(0))
	return verdict(code > 0 && re != nil && re.MatchString(strconv.Itoa(code)))
}

func (s *state) grepStatus(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := tm.Of(c.Msg)
	return verdict(t != nil && t.Had(a.Int(0)))
}

func (s *state) anyReplied(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	return anyBranch(c, (*tm.Branch).Seen)
}

func (s *state) anyTimeout(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	return anyBranch(c, (*tm.Branch).TimedOut)
}

func anyBranch(c *kemi.Ctx, is func(*tm.Branch) bool) kemi.Value {
	if t := tm.Of(c.Msg); t != nil {
		for _, b := range t.Branches() {
			if is(b) {
				return yes
			}
		}
	}
	return no
}

func (s *state) branchReplied(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	b := failedBranch(c)
	return verdict(b != nil && b.Seen())
}

func (s *state) branchTimeout(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	b := failedBranch(c)
	return verdict(b != nil && b.TimedOut())
}

// failedBranch is the branch that a failure or branch-failure route is about.
func failedBranch(c *kemi.Ctx) *tm.Branch {
	t := tm.Of(c.Msg)
	if t == nil || c.Kind()&(route.FailureRoute|route.BranchFailureRoute) == 0 || c.Call.Branch < 0 {
		return nil
	}
	return t.Branches()[c.Call.Branch]
}

func (s *state) isRepeatedSuspended(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	return verdict(!c.Msg.IsRequest && c.Shard.TM.IsRepeatedSuspended(c.Msg))
}

func (s *state) isCanceled(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	t := tm.Of(c.Msg)
	return verdict(t != nil && t.Canceled())
}

func (s *state) localReplied(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	t := tm.Of(c.Msg)
	switch {
	case t == nil:
		return no
	case a.Str(0) == "all":
		return verdict(t.LocalOnly())
	}
	return verdict(t.LastIsLocal(c.Msg))
}

func (s *state) isExpired(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	t := tm.Of(c.Msg)
	return verdict(t != nil && t.Expired())
}

func (s *state) branchIndex(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	return kemi.Int(c.Shard.TM.BranchIndexOf(c.Msg))
}

// maxPatterns bounds the compiled expressions that are kept.
const maxPatterns = 256

// patternCache keeps the compiled expressions of t_check_status. A wrong one is kept as nil.
type patternCache struct {
	mu   sync.Mutex
	seen map[string]*regexp.Regexp
}

func (p *patternCache) get(text string) *regexp.Regexp {
	p.mu.Lock()
	defer p.mu.Unlock()
	if re, found := p.seen[text]; found {
		return re
	}
	if p.seen == nil || len(p.seen) >= maxPatterns {
		p.seen = map[string]*regexp.Regexp{}
	}
	re, err := regexp.CompilePOSIX(text)
	if err != nil {
		re = nil
	}
	p.seen[text] = re
	return re
}
