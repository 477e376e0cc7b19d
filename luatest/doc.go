// Package luatest runs tests of routing scripts that are written in Lua.
//
// Each case gets a whole server (the modules, the engine, the transactions of a real one) on a
// network in memory, with a clock that stands still unless the test moves it. One goroutine at a
// time runs, so that the same seed gives the same bytes. docs/testing-scripts.md is for
// those who write tests.
package luatest
