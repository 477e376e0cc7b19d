package kemi

// Vars are the pseudo-variables of a module.
type Vars[S any] []Var[S]

// Var is one pseudo-variable, $name or $name(inner).
type Var[S any] struct {
	Name  string
	Named bool // it takes (inner)
	Index bool // it takes [index]
	// Dynamic: the inner name may be one variable, $hdr($var(x)), whose value is the name.
	// Without it a dollar sign in the inner name has no meaning unless Parse gives it one.
	Dynamic bool
	Get     func(s *S, c *Ctx, a *VarArgs) Value
	// Set writes the variable and tells whether that was possible; a null value unsets it.
	// Nil: read-only, writing does nothing.
	Set func(s *S, c *Ctx, a *VarArgs, v Value) bool
	// Parse checks and prepares the inner name when a script first uses it; the result is
	// in VarArgs.Data. It may use the registry for names that hold variables themselves
	// ($sht(table=>$ci)). Nil: any inner name. An error makes the variable invalid: it reads as null.
	Parse func(s *S, r *Registry, inner string) (any, error)
	Doc   string
}

// VarArgs is what stands around a variable's name in one place of a script.
type VarArgs struct {
	Data  any    // what Parse made of the inner name
	Inner string // the inner name; empty for variables that take none
	index indexArg
}

// VarInfo describes a pseudo-variable.
type VarInfo struct {
	Name                   string
	Named, Index, Writable bool
	Doc                    string
}

// Trans are the transformations of a module.
type Trans[S any] []Tran[S]

// Tran is one transformation, {class.name,arg…}.
type Tran[S any] struct {
	Name string // "s.len", "uri.user"
	// Args declares the arguments: "offset int, length int". A kind with a question mark
	// may be left out. The kinds:
	//	int   a number
	//	str   a text up to the next comma or brace; blanks before it do not count
	//	char  the first byte of a text, empty if there is none; it may be a comma
	//	byte  any one byte, a blank and a comma too
	//	rest  a text up to the closing brace, commas and blanks in it
	// Each may be a variable instead.
	Args string
	// Parse prepares constant arguments when a script first uses the transformation; the
	// result is in TranArgs.Data. Nil: nothing to prepare.
	Parse func(s *S, a *TranArgs) (any, error)
	// Null says that Call takes null too; otherwise null stays null.
	Null bool
	// Call gives null for an error.
	Call func(s *S, c *Ctx, v Value, a *TranArgs) Value
	Doc  string
}

// TransInfo describes a transformation.
type TransInfo struct{ Name, Args, Doc string }
