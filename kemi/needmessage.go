package kemi

// NeedMessage has functions give a value, and do nothing, in events that are about no message. It changes the list and gives it back.
func NeedMessage[S any](list Funcs[S], otherwise Value) Funcs[S] {
	for i := range list {
		call := list[i].Call
		list[i].Call = func(s *S, c *Ctx, a *Args) Value {
			if c.Msg == nil {
				return otherwise
			}
			return call(s, c, a)
		}
	}
	return list
}
