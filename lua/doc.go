// Package lua is the Lua engine of the KEMI host, on gopher-lua: it compiles the scripts once,
// keeps warm states for each shard, binds the KSR tables and bounds what a script may take.
//
// A state runs one route at a time and belongs to one shard, so that nothing in it needs a
// lock. Two engines in one process share nothing that changes.
package lua
