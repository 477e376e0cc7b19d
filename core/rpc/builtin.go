package rpc

// builtins are the commands that need nothing but the registry.
func builtins(r *Registry) []Command {
	return []Command{
		{Name: "core.echo", Doc: "Answers with its parameters.", Array: true, Run: echo},
		{Name: "core.echo_delta", Doc: "Answers with its parameters, at most once in each rpc_exec_delta interval.",
			Array: true, Delta: true, Run: echo},
		{Name: "core.printi", Doc: "Answers with its parameters, which are integers.", Array: true, Run: printInts},
		{Name: "core.prints", Doc: "Answers with its parameters, which are strings.", Array: true, Run: printStrings},
		{Name: "system.listMethods", Doc: "Names of all commands of this server.", Array: true, Run: r.listMethods},
		{Name: "system.methodHelp", Doc: "Says what a command does.", Run: r.methodHelp},
		{Name: "system.methodSignature", Doc: "Has no answer: commands declare no signature.", Run: methodSignature},
	}
}

// The echo commands stop without an error at the first parameter they cannot read.

func echo(c *Call) error {
	for i := range c.Len() {
		s, err := c.AsStr(i)
		if err != nil {
			return nil
		}
		c.Add(s)
	}
	return nil
}

func printInts(c *Call) error {
	for i := range c.Len() {
		n, err := c.Int(i)
		if err != nil {
			return nil
		}
		c.Add(n)
	}
	return nil
}

func printStrings(c *Call) error {
	for i := range c.Len() {
		s, err := c.Str(i)
		if err != nil {
			return nil
		}
		c.Add(s)
	}
	return nil
}

func (r *Registry) listMethods(c *Call) error {
	for _, name := range r.Names() {
		c.Add(name)
	}
	return nil
}

func (r *Registry) methodHelp(c *Call) error {
	name, err := c.Str(0)
	if err != nil {
		return c.Fault(400, "Method Name Expected")
	}
	cmd, ok := r.Lookup(name)
	if !ok {
		return c.Fault(400, "command not found")
	}
	doc := cmd.Doc
	if doc == "" {
		doc = "undocumented"
	}
	c.Add(doc)
	return nil
}

// methodSignature exists because XML-RPC clients ask for it; Kamailio has no signatures
// either, and this is its answer.
func methodSignature(c *Call) error { return c.Fault(500, "Not Implemented Yet") }
