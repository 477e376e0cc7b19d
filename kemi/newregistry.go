package kemi

// NewRegistry opens modules without a server, for the tests of engines and for tools that
// only look.
func NewRegistry(modules ...Module) (*Registry, error) { return newRegistry(modules) }
