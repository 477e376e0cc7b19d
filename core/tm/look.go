package tm

import "github.com/moonroute/moonroute/core/route"

// StatusOf is the reply code that a route is about: the reply's own, the one that failed in a failure
// route, the last one sent upstream otherwise; 0 if there is none.
func (tb *Table) StatusOf(m *route.Message) int {
	if !m.IsRequest {
		return m.Status
	}
	t := Of(m)
	switch {
	case t == nil:
		return 0
	case t.run != nil && m.Faked:
		return t.run.Code
	}
	return t.server.status
}

// BranchIndexOf is the branch that a route is about. In a failure route it is the number of
// the next branch, as in the incumbent.
func (tb *Table) BranchIndexOf(m *route.Message) int {
	if !m.IsRequest {
		if b := tb.BranchOf(m); b != nil {
			return b.index
		}
		return 0
	}
	t := Of(m)
	switch {
	case t == nil || t.run == nil:
		return 0
	case t.run.Kind&(route.BranchRoute|route.BranchFailureRoute) != 0:
		return t.run.Branch
	}
	return len(t.branches)
}

// LocalOnly tells whether no branch has had a reply from its peer (t_local_replied).
func (t *Transaction) LocalOnly() bool {
	for _, b := range t.branches {
		if b.Replied() || b.status >= 200 && !b.is(branchTimedOut|branchGivenUp) {
			return false
		}
	}
	return true
}

// LastIsLocal tells whether the reply that a route is about, or the last one sent, was made here.
func (t *Transaction) LastIsLocal(m *route.Message) bool {
	switch {
	case !m.IsRequest:
		return false
	case t.run != nil && m.Faked:
		return t.run.Reply == nil
	}
	return t.has(localReply)
}

// Had tells whether a branch ended with this code before the reply in hand (t_grep_status).
func (t *Transaction) Had(code int) bool {
	for _, b := range t.branches {
		if b.status == code && (t.run == nil || t.run.incoming != b) {
			return true
		}
	}
	return false
}
