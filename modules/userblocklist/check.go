package userblocklist

import (
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var functions = kemi.Funcs[state]{
	{Name: "check_blocklist", Args: "table str", Returns: kemi.Code, Call: (*state).checkBlocklist, Waits: true, Doc: "-1 if the user of the request URI is blocked by a table for everybody, else 1"},
	{Name: "check_allowlist", Args: "table str", Returns: kemi.Code, Call: (*state).checkAllowlist, Waits: true, Doc: "1 if the user of the request URI is allowed by a table for everybody, else -1"},
	{Name: "check_global_blocklist", Returns: kemi.Code, Call: (*state).checkGlobal, Waits: true, Doc: "check_blocklist with globalblocklist_table"},
	{Name: "check_user_blocklist", Args: "user str, domain str", Returns: kemi.Code, Call: userCheck(block), Waits: true, Doc: "-1 if the user of the request URI is blocked for a user, else 1"},
	{Name: "check_user_blocklist_number", Args: "user str, domain str, number str", Returns: kemi.Code, Call: userCheck(block), Waits: true, Doc: "-1 if a number is blocked for a user, else 1"},
	{Name: "check_user_blocklist_table", Args: "user str, domain str, number str, table str", Returns: kemi.Code, Call: userCheck(block), Waits: true, Doc: "-1 if a number is blocked for a user by a table, else 1"},
	{Name: "check_user_allowlist", Args: "user str, domain str", Returns: kemi.Code, Call: userCheck(allow), Waits: true, Doc: "1 if the user of the request URI is allowed for a user, else -1"},
	{Name: "check_user_allowlist_number", Args: "user str, domain str, number str", Returns: kemi.Code, Call: userCheck(allow), Waits: true, Doc: "1 if a number is allowed for a user, else -1"},
	{Name: "check_user_allowlist_table", Args: "user str, domain str, number str, table str", Returns: kemi.Code, Call: userCheck(allow), Waits: true, Doc: "1 if a number is allowed for a user by a table, else -1"},
}

var (
	yes = kemi.Int(1)
	no  = kemi.Int(-1)
)

// block passes what is not blocked, allow only what is allowed.
func block(v verdict) kemi.Value { return code(v != blocked) }
func allow(v verdict) kemi.Value { return code(v == allowed) }

func code(ok bool) kemi.Value {
	if ok {
		return yes
	}
	return no
}

// called is the number in the request URI.
func (s *state) called(c *kemi.Ctx) (string, bool) {
	if c.Msg == nil || !c.Msg.IsRequest {
		return "", false
	}
	u, err := sip.ParseURI(c.Msg.CurrentURI())
	if err != nil {
		c.Log(log.Err, "userblocklist", "the request URI: "+err.Error())
		return "", false
	}
	return s.number(u.User), true
}

func (s *state) everybody(c *kemi.Ctx, table string, judge func(verdict) kemi.Value) kemi.Value {
	number, ok := s.called(c)
	if !ok {
		return no
	}
	return judge(s.all(c, table).find(number))
}

func (s *state) checkBlocklist(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.everybody(c, a.Str(0), block)
}

func (s *state) checkAllowlist(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.everybody(c, a.Str(0), allow)
}

func (s *state) checkGlobal(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	return s.everybody(c, s.globalTable, block)
}

// userCheck makes a function of (user, domain), with a number and a table if there are more arguments.
func userCheck(judge func(verdict) kemi.Value) func(*state, *kemi.Ctx, *kemi.Args) kemi.Value {
	return func(s *state, c *kemi.Ctx, a *kemi.Args) kemi.Value {
		var number string
		table := s.userTable
		if a.Len() > 2 {
			number = s.number(a.Str(2))
		} else {
			var ok bool
			if number, ok = s.called(c); !ok {
				return no
			}
		}
		if a.Len() > 3 {
			table = a.Str(3)
		}
		user, domain := a.Str(0), a.Str(1)
		var l list
		var err error
		c.Wait(func() { l, err = s.source.user(user, domain, table) })
		if err != nil {
			c.Log(log.Err, "userblocklist", err.Error())
			return no
		}
		return judge(l.find(number))
	}
}
